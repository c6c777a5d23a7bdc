/** awsQuery: forms in, XML out. */
import { XmlShapeSerializer } from '@aws-sdk/core/protocols';
import { ServiceError } from '@riposte/engine';
import { splitUrl } from './canonical-request.ts';
import { unknownOperation, wireError } from './errors.ts';
import type { OperationModel, ServiceModel } from './models.ts';
import type { WireProtocol } from './protocol.ts';
import { parseForm, readForm } from './query-form.ts';
import { escapeXml, legalXml } from './xml.ts';

const headers = { 'Content-Type': 'text/xml' };

/** Of errors that belong to no service. */
const FAULT_NAMESPACE = 'http://webservices.amazon.com/AWSFault/2005-15-09';

export const awsQuery: WireProtocol = {
  read(service, request) {
    const body = Buffer.from(request.body.buffer, request.body.byteOffset, request.body.byteLength);
    const form = parseForm(request.method === 'GET' ? splitUrl(request.url).query : body.toString('utf8'));
    const action = form.children.get('Action')?.value;
    if (action === undefined || action === '')
      throw new ServiceError('MissingAction', 'The request must contain the parameter Action.', 400);
    const operation = service.operations.get(action);
    if (operation === undefined) throw unknownOperation(service, action);
    return { operation, input: readForm(operation.input, form) as object };
  },
  write(service, operation, output, requestId) {
    const result = operation.output.isUnitSchema() ? '' : resultElement(operation, output);
    const metadata = `<ResponseMetadata><RequestId>${escapeXml(requestId)}</RequestId></ResponseMetadata>`;
    const name = `${operation.name}Response`;
    return {
      status: 200,
      headers,
      body: legalXml(`<${name} xmlns="${escapeXml(service.xmlNamespace)}">${result}${metadata}</${name}>`),
    };
  },
  writeError(service, error, requestId) {
    const { code, status } = wireError(error, 'awsQuery', service);
    const type = status < 500 ? 'Sender' : 'Receiver';
    const details = `<Type>${type}</Type><Code>${escapeXml(code)}</Code><Message>${escapeXml(error.message)}</Message>`;
    return {
      status,
      headers,
      body: legalXml(
        `<ErrorResponse xmlns="${escapeXml(namespace(service))}"><Error>${details}</Error><RequestId>${escapeXml(requestId)}</RequestId></ErrorResponse>`,
      ),
    };
  },
};

function namespace(service: ServiceModel | undefined): string {
  return service === undefined || service.xmlNamespace === '' ? FAULT_NAMESPACE : service.xmlNamespace;
}

const DATE_TIME = 5;

function resultElement(operation: OperationModel, output: object): string {
  const serializer = new XmlShapeSerializer({
    timestampFormat: { useTrait: true, default: DATE_TIME },
    httpBindings: false,
    xmlNamespace: '',
    serviceNamespace: '',
  });
  serializer.write(operation.output, output);
  const xml = String(serializer.flush());
  // The serializer names the root after the shape, which is not what the protocol calls it.
  const root = operation.output.getName() ?? '';
  const result = `${operation.name}Result`;
  const inner = xml.endsWith('/>') ? '' : xml.slice(xml.indexOf('>') + 1, xml.lastIndexOf(`</${root}>`));
  return `<${result}>${inner}</${result}>`;
}
