/** The way to AWS, local or real. Members are as the SDK for JavaScript names them. */
export interface AwsClient {
  /**
   * @param service   signing name, e.g. `iam`, `states`, `events`
   * @param operation e.g. `CreateRole`
   * @throws Error with the service's code as its `name`
   */
  call(service: string, operation: string, input: object): Promise<Record<string, unknown>>;
}
