// What an endpoint of metrics asks for: one header, such as Qdrant's `api-key`.

import { type IAuthenticateGeneric, type ICredentialTestRequest, type ICredentialType, type INodeProperties, type Icon } from 'n8n-workflow'

export class VigieMetricsEndpointApi implements ICredentialType {
  name = 'vigieMetricsEndpointApi'

  displayName = 'Vigie Metrics Endpoint API'

  documentationUrl = 'https://example.org/vigie'

  icon: Icon = { light: 'file:endpoint.svg', dark: 'file:endpoint.dark.svg' }

  properties: INodeProperties[] = [
    {
      displayName: 'Header',
      name: 'header',
      type: 'string',
      default: 'api-key',
      description: 'Name of the header: <code>api-key</code> for Qdrant, <code>Authorization</code> for most others',
    },
    {
      displayName: 'Secret',
      name: 'secret',
      type: 'string',
      typeOptions: { password: true },
      default: '',
      description: 'For <code>Authorization</code> with its scheme: <code>Bearer</code> and the token',
    },
    {
      displayName: 'Address for the Test',
      name: 'testUrl',
      type: 'string',
      default: 'http://localhost:6333/metrics',
      description: 'Where the header is tried out; used for nothing else',
    },
  ]

  authenticate: IAuthenticateGeneric = {
    type: 'generic',
    properties: { headers: { '={{$credentials.header}}': '={{$credentials.secret}}' } },
  }

  test: ICredentialTestRequest = { request: { method: 'GET', url: '={{$credentials.testUrl}}' } }
}
