-- Runs of workflows can be logged.
alter table workflow add logging bool not null default false;
create table workflow_log (
    id uuid not null default uuid_generate_v4() primary key,
    "createdAt" timestamptz not null default now(),
    "workflowId" uuid not null references workflow on delete cascade on update cascade,
    result varchar not null,
    "workflowStepId" uuid references workflow_step on delete set null on update cascade,
    "triggerDataId" uuid,
    "runId" uuid not null
);
create index "workflow_log_workflowId_idx" on workflow_log ("workflowId");
create index "workflow_log_workflowStepId_idx" on workflow_log ("workflowStepId");
