/** The control port: `POST /<command>` with its arguments as JSON answers `{"result": …}` or `{"error": "…"}`. */
import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { COMMANDS } from './commands.ts';
import type { Control } from './control.ts';

export function controlServer(control: Control): Server {
  return createServer((request, response) => {
    const answer = (status: number, body: unknown) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    const run = async () => {
      const name = (request.url ?? '/').slice(1);
      const command = COMMANDS[name];
      if (command === undefined)
        return answer(404, { error: `no command ${name}; there are ${Object.keys(COMMANDS).join(', ')}` });
      const body = await text(request);
      const args: unknown = body === '' ? {} : JSON.parse(body);
      answer(200, { result: (await command.run(control, args)) ?? null });
    };
    run().catch((error: unknown) => {
      answer(400, { error: error instanceof Error ? error.message : String(error) });
    });
  });
}
