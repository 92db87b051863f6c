variable "name" {
  description = "Name of the topic and the CloudWatch dashboard, and what every alarm's name begins with."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,100}$", var.name))
    error_message = "name may have letters, digits, _ and -."
  }
}

variable "log_group_prefix" {
  description = "What the log groups of the pods begin with (chapter 4.2)."
  type        = string
  default     = "/eks/deploy-dashboard"

  validation {
    condition     = can(regex("^/[A-Za-z0-9/_.#-]{1,300}$", var.log_group_prefix)) && !endswith(var.log_group_prefix, "/")
    error_message = "log_group_prefix must begin with / and not end with one."
  }
}

variable "api_log_group_name" {
  description = "Log group of API Gateway's access log (chapter 11.1)."
  type        = string
  default     = "/apigateway/deploy-dashboard"

  validation {
    condition     = can(regex("^/[A-Za-z0-9/_.#-]{1,500}$", var.api_log_group_name))
    error_message = "api_log_group_name must begin with /."
  }
}

variable "log_retention_days" {
  description = "How long logs are kept."
  type        = number
  default     = 400

  validation {
    condition     = contains([30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of the periods CloudWatch Logs offers, from 30."
  }
}

variable "queue_name" {
  description = "Name of the ingest queue."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.queue_name))
    error_message = "queue_name must be the name of a queue, not its URL."
  }
}

variable "dlq_name" {
  description = "Name of the dead-letter queue."
  type        = string

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,80}$", var.dlq_name))
    error_message = "dlq_name must be the name of a queue, not its URL."
  }
}

variable "table_names" {
  description = "The tables: the dynamodb module's table_names."
  type        = map(string)

  validation {
    condition     = length(var.table_names) > 0
    error_message = "table_names must name at least one table."
  }
}

variable "index_names" {
  description = "Names of the tables' indexes, by the same parts as table_names: the dynamodb module's index_names."
  type        = map(list(string))
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for names in values(var.index_names) : length(names) <= 4])
    error_message = "An alarm looks at ten series at most: a table may have four indexes here."
  }
}

variable "api" {
  description = "Name and stage of the REST API in API Gateway. Null: the alarms on latency and errors look at what the pods say themselves."
  type = object({
    name  = string
    stage = string
  })
  default = null

  validation {
    condition     = var.api == null ? true : length(var.api.name) > 0 && length(var.api.stage) > 0
    error_message = "api needs a name and a stage."
  }
}

variable "metrics_namespace" {
  description = "CloudWatch namespace the processes write their own metrics to (METRICS_NAMESPACE)."
  type        = string
  default     = "DeployDashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9_./#:-]{1,255}$", var.metrics_namespace)) && !startswith(var.metrics_namespace, "AWS/")
    error_message = "metrics_namespace must not begin with AWS/."
  }
}

variable "container_insights" {
  description = "Cluster and namespace whose pods Container Insights counts restarts of (chapter 11.2). Null: no alarm on restarts here; the chart's Prometheus rules have one."
  type = object({
    cluster_name = string
    namespace    = optional(string, "deploy-dashboard")
  })
  default = null

  validation {
    condition     = var.container_insights == null ? true : length(var.container_insights.cluster_name) > 0
    error_message = "container_insights needs a cluster_name."
  }
}

variable "runbook_url" {
  description = "Where docs/runbook.md can be read: each alarm's description links to its section."
  type        = string

  validation {
    condition     = can(regex("^https://[^ #]+$", var.runbook_url))
    error_message = "runbook_url must be an https:// address without #."
  }
}

variable "slack" {
  description = "Slack workspace and channel that alarms are told to, by Amazon Q Developer in chat applications (AWS Chatbot); the workspace is authorised once in its console. Null: no Slack."
  type = object({
    team_id    = string
    channel_id = string
  })
  default = null

  validation {
    condition     = var.slack == null ? true : can(regex("^T[A-Z0-9]+$", var.slack.team_id)) && can(regex("^[CG][A-Z0-9]+$", var.slack.channel_id))
    error_message = "slack.team_id looks like T0123ABCD and slack.channel_id like C0123ABCD."
  }
}

variable "subscriptions" {
  description = "Who else is told, such as PagerDuty (https) or people (email): protocol and endpoint, by a name of your own."
  type = map(object({
    protocol = string
    endpoint = string
  }))
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for one in values(var.subscriptions) : contains(["https", "email", "email-json", "sqs", "lambda"], one.protocol)])
    error_message = "protocol must be https, email, email-json, sqs or lambda."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts logs and topic. Its policy must let CloudWatch use it. Null: logs are encrypted by CloudWatch itself, the topic with no key of ours."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
