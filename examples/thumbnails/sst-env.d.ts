/* This file is made by "npm run synth". Do not edit. */
/* biome-ignore-all lint: generated */

declare module "sst" {
  export interface Resource {
    "Api": {
      "type": "sst.aws.ApiGatewayV2"
      "url": string
    }
    "Failed": {
      "type": "sst.aws.Queue"
      "url": string
    }
    "Index": {
      "name": string
      "type": "sst.aws.Dynamo"
    }
    "Pictures": {
      "name": string
      "type": "sst.aws.Bucket"
    }
    "Work": {
      "type": "sst.aws.Queue"
      "url": string
    }
  }
}

import "sst";
export {};
