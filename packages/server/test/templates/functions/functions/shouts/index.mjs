export async function handler({ bytes, answer }) {
  const line = `${'x'.repeat(9_999)}\n`;
  for (let written = 0; written < bytes; written += line.length) process.stdout.write(line);
  return answer ? 'y'.repeat(answer) : 'done';
}
