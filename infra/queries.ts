const errors = `fields @timestamp, @message, level, error
| filter level = "ERROR"
| sort @timestamp desc
| limit 100`;

const processingTime = `fields @timestamp, modelId, processingTime
| filter processingTime > 0
| stats avg(processingTime) by modelId`;

const successRate = `fields @timestamp, status
| stats count() by status`;

const oneJob = `fields @timestamp, level, message, type, outcome, error
| filter correlationId = "<correlation id>" or jobId = "<job id>"
| sort @timestamp asc`;

/** Saved under `vsl-<stage>/<service>` in Logs Insights, over the service's own logs. */
export function saveQueries(service: string, logGroupNames: $util.Input<string>[]): void {
  for (const [name, queryString] of Object.entries({
    errors,
    "processing-time-by-model": processingTime,
    "jobs-by-status": successRate,
    "one-job": oneJob,
  })) {
    new aws.cloudwatch.QueryDefinition(`Query-${service}-${name}`, {
      name: `vsl-${$app.stage}/${service}/${name}`,
      queryString,
      logGroupNames,
    });
  }
}
