-- Up Migration

-- The facts, as they were announced. Everything below follows from them, so that a replay rebuilds it to the byte: no serials, no
-- clocks, no order of arrival.
CREATE TABLE events (
  id uuid PRIMARY KEY,
  name text NOT NULL,
  job_id uuid NOT NULL,
  correlation_id text NOT NULL,
  occurred_at timestamptz NOT NULL,
  payload jsonb NOT NULL
);
CREATE INDEX events_of_job ON events (job_id);

CREATE TABLE jobs (
  job_id uuid PRIMARY KEY,
  account_id text NOT NULL,
  user_id text NOT NULL,
  media_type text NOT NULL,
  model_id text NOT NULL,
  status text NOT NULL CHECK (status IN ('pending', 'processing', 'completed', 'failed', 'canceled')),
  prediction_id text,
  error_code text,
  quoted_micros bigint NOT NULL,
  -- Null until the job is charged; corrections included.
  charged_micros bigint,
  output_count integer NOT NULL,
  stored_bytes bigint NOT NULL,
  created_at timestamptz NOT NULL,
  started_at timestamptz,
  completed_at timestamptz
);
CREATE INDEX jobs_by_creation ON jobs (created_at DESC);
CREATE INDEX jobs_of_user ON jobs (account_id, user_id, created_at DESC);

CREATE TABLE media_outputs (
  job_id uuid NOT NULL REFERENCES jobs,
  output_index integer NOT NULL,
  s3_path text NOT NULL,
  bytes bigint NOT NULL,
  content_type text NOT NULL,
  sha256 text NOT NULL,
  width integer,
  height integer,
  duration_seconds double precision,
  PRIMARY KEY (job_id, output_index)
);

-- Each way in which a model was ever priced, as the jobs' own events say it.
CREATE TABLE model_configurations (
  model_id text NOT NULL,
  owner text NOT NULL,
  name text NOT NULL,
  -- Empty for official models, which have none.
  version text NOT NULL,
  price_rule jsonb NOT NULL,
  media_type text NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  PRIMARY KEY (model_id, owner, name, version, price_rule)
);

-- Money, in integer millionths of a US dollar. A row is never changed: a correction is a row of its own. What a job cost is the sum
-- of its charge and correction; a quote is what was expected.
CREATE TABLE entries (
  event_id uuid NOT NULL REFERENCES events,
  kind text NOT NULL CHECK (kind IN ('quote', 'charge', 'correction')),
  job_id uuid NOT NULL REFERENCES jobs,
  account_id text NOT NULL,
  user_id text NOT NULL,
  amount_micros bigint NOT NULL,
  basis text NOT NULL,
  source text NOT NULL CHECK (source IN ('estimated', 'measured')),
  occurred_at timestamptz NOT NULL,
  PRIMARY KEY (event_id, kind)
);
CREATE INDEX entries_of_user ON entries (account_id, user_id, occurred_at);
CREATE INDEX entries_of_job ON entries (job_id);

-- What a user used, by the UTC day on which the jobs were requested.
CREATE TABLE usage_tracking (
  account_id text NOT NULL,
  user_id text NOT NULL,
  day date NOT NULL,
  model_id text NOT NULL,
  jobs_requested bigint NOT NULL,
  jobs_completed bigint NOT NULL,
  jobs_failed bigint NOT NULL,
  jobs_canceled bigint NOT NULL,
  outputs bigint NOT NULL,
  bytes bigint NOT NULL,
  charged_micros bigint NOT NULL,
  PRIMARY KEY (account_id, user_id, day, model_id)
);
