/** restXml, which S3 speaks. */
import { ServiceError } from '@riposte/engine';
import { wireError } from './errors.ts';
import type { WireProtocol } from './protocol.ts';
import { escapeXml, legalXml } from './xml.ts';

export const restXml: WireProtocol = {
  read(service) {
    throw new ServiceError(
      'NotImplemented',
      `The service ${service.service} is not answered at this door yet.`,
      501,
    );
  },
  write(_service, operation) {
    throw new Error(`${operation.name} cannot be answered in XML yet`);
  },
  writeError(service, error, requestId) {
    const { code, status } = wireError(error, 'restXml', service);
    const details = `<Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>`;
    return {
      status,
      headers: { 'Content-Type': 'application/xml', 'x-amz-request-id': requestId },
      body: legalXml(
        `<?xml version="1.0" encoding="UTF-8"?>\n<Error>${details}<RequestId>${escapeXml(requestId)}</RequestId></Error>`,
      ),
    };
  },
};
