import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { layoutMachine, renderSvg, renderText } from '@riposte/graph';
import { SdkAwsClient } from '../connection/sdk-client.ts';
import { CommandFailure } from '../failure.ts';
import type { CommandContext } from '../program.ts';
import { connect, type ConnectedOptions, withConnection } from './connected.ts';

interface Options extends ConnectedOptions {
  svg?: string;
}

export function registerGraph(program: Command, context: CommandContext): void {
  withConnection(program.command('graph'))
    .argument('<machine>', 'ARN or name of a state machine, or a file with its definition')
    .description('draw a state machine: in the terminal, or as an SVG file')
    .option('--svg <file>', 'write an SVG file; - writes it to standard output')
    .action(async (wanted: string, options: Options) => {
      void layoutMachine;
      void renderSvg;
      void renderText;
      void writeFile;
      void SdkAwsClient;
      void connect;
      throw new CommandFailure(`graph ${wanted} ${options.svg ?? ''} ${context.terminal.isInteractive}`);
    });
}
