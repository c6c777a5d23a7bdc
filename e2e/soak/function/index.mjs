/** Tells the soak what it got, then fails now and then: what was accepted has to come, however it ends. */
export async function handler(event) {
  await fetch(process.env.REPORT_TO, { method: 'POST', body: JSON.stringify(event) });
  const chance = Math.random();
  if (chance < 0.03) process.exit(1);
  if (chance < 0.3) throw new Error('Failed on purpose.');
}
