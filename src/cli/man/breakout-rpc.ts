/** breakout-rpc(7): the control protocol, from the method table and the register of errors. */
import { packageInfo } from '../../config/package.ts';
import { type AppErrorCode, ERRORS } from '../../protocol/errors.ts';
import { PRICE_TOPIC, TOPICS } from '../../protocol/events.ts';
import type { MethodEntry } from '../../protocol/methods/entry.ts';
import { METHODS } from '../../protocol/methods.ts';
import { openRpcDocument } from '../../protocol/openrpc.ts';
import { Page } from './roff.ts';

export function breakoutRpcPage(): string {
  const { version } = packageInfo();
  const { info, methods } = openRpcDocument(version);
  const page = new Page({ name: 'breakout-rpc', section: 7, version, manual: 'breakout manual' });
  page.name('breakout-rpc', 'the protocol of the control socket of breakout');
  page.section('DESCRIPTION');
  page.paragraph(info.description);
  page.paragraph(
    'A read changes nothing; a control method acts on the engine or the daemon and answers once that is done. breakout rpc METHOD calls any of them; breakout rpc rpc.discover has all schemas as an OpenRPC document.',
  );
  page.verbatim([`{"jsonrpc":"2.0","id":1,"method":"engine.status","params":{}}`]);

  page.section('METHODS');
  const entries: readonly (readonly [string, MethodEntry])[] = Object.entries(METHODS);
  for (const [name, { kind, summary, errors }] of entries) {
    page.item(`${name} (${kind})`, `${summary}.`);
    const params = methods.find((method) => method.name === name)?.params ?? [];
    if (params.length > 0)
      page.continued(
        `Parameters: ${params.map((param) => (param.required ? param.name : `[${param.name}]`)).join(', ')}.`,
      );
    if (errors.length > 0) page.continued(`Errors: ${errors.join(', ')}.`);
  }

  page.section('EVENTS');
  page.paragraph(
    `events.subscribe takes these topics: ${TOPICS.join(', ')}; and ${PRICE_TOPIC}, for prices.`,
  );

  page.section('ERRORS');
  page.paragraph(
    'The data of an error has code, httpStatus, retryable and hint. INVALID_PARAMS, INTERNAL, RATE_LIMITED, SHUTTING_DOWN and RECOVERING may come from any method.',
  );
  const codes: readonly (readonly [string, (typeof ERRORS)[AppErrorCode]])[] = Object.entries(ERRORS);
  for (const [code, { rpc, httpStatus, retryable, hint }] of codes)
    page.item(
      `${code} (${rpc})`,
      `HTTP ${httpStatus}${retryable ? ', may be tried again' : ''}. Mend: ${hint}.`,
    );

  page.section('SEE ALSO');
  page.paragraph('breakout(1)');
  return page.text;
}
