/**
 * Where `http:invoke` is held against the developer guide and differs, or where the guide is silent.
 * @see https://docs.aws.amazon.com/step-functions/latest/dg/call-https-apis.html
 */
export const HTTP_TASK = [
  'HTTP endpoints are taken beside HTTPS ones when they are on this machine.',
  'A connection that is being authorized is waited for, so `Events.ConnectionResource.AuthInProgress` does not come; nor do `InvalidPrivateConnectionState` (there are no private connections), `ConcurrentModification` and `InternalError`. A connection whose token was refused is asked for one again at the next request. A 401 deauthorizes no connection.',
  'The connection keeps its secrets itself; the role needs the actions on its `SecretArn` all the same.',
  'Values of `QueryParameters` that are objects, which the guide names without saying what becomes of them, fail the task.',
  'Requests are made over HTTP/1.1, with a length; the guide’s examples are sent in chunks.',
  'Guesses: the default `Content-Type` of forms and texts (that of JSON); redirects are answers, as is every status below 400; a status of 400 and above is told before the content type is looked at; its cause is the body, at most 32,768 characters, where accounts of others have the text of the status; an answer without a body has an empty `ResponseBody`; a body is read in the charset that the endpoint names.',
];
