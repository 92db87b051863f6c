variable "role_prefix" {
  description = "What every role's name begins with: dashboard makes dashboard-backend-role, as in chapter 4.2."
  type        = string
  default     = "dashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9+=,.@_-]{1,40}$", var.role_prefix))
    error_message = "role_prefix may have up to 40 letters, digits and + = , . @ _ -."
  }
}

variable "namespace" {
  description = "Kubernetes namespace of the service accounts that may take the roles."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", var.namespace))
    error_message = "namespace must be the name of a Kubernetes namespace."
  }
}

variable "oidc_issuer" {
  description = "Issuer of the cluster's service account tokens, with or without https://."
  type        = string

  validation {
    condition     = can(regex("^(https://)?[a-z0-9.-]+(/[A-Za-z0-9._/-]+)?$", var.oidc_issuer))
    error_message = "oidc_issuer must be a host with a path, such as oidc.eks.REGION.amazonaws.com/id/..."
  }
}

variable "oidc_provider_arn" {
  description = "The cluster's OIDC provider in IAM."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:iam:", var.oidc_provider_arn))
    error_message = "oidc_provider_arn must be an ARN of iam."
  }
}

variable "table_arns" {
  description = "The tables: the dynamodb module's table_arns."
  type = object({
    attempts   = string
    test_runs  = string
    promotions = string
    read_model = string
    catalog    = string
    events     = string
    scorecards = string
  })

  validation {
    condition     = alltrue([for arn in values(var.table_arns) : can(regex("^arn:[a-z-]+:dynamodb:", arn))])
    error_message = "table_arns must be ARNs of dynamodb."
  }
}

variable "queue_arn" {
  description = "The ingest queue."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sqs:", var.queue_arn))
    error_message = "queue_arn must be an ARN of sqs."
  }
}

variable "dlq_arn" {
  description = "The dead-letter queue."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:sqs:", var.dlq_arn))
    error_message = "dlq_arn must be an ARN of sqs."
  }
}

variable "archive_bucket_arn" {
  description = "The archive's bucket. Null: there is no archive."
  type        = string
  default     = null

  validation {
    condition     = var.archive_bucket_arn == null || can(regex("^arn:[a-z-]+:s3:", var.archive_bucket_arn))
    error_message = "archive_bucket_arn must be an ARN of s3."
  }
}

variable "event_bus_arn" {
  description = "The event bus that stored events are published on. Null: there is none."
  type        = string
  default     = null

  validation {
    condition     = var.event_bus_arn == null || can(regex("^arn:[a-z-]+:events:", var.event_bus_arn))
    error_message = "event_bus_arn must be an ARN of events."
  }
}

variable "secret_arn" {
  description = "The secret the processes read at start. Null: they get their secrets from Kubernetes."
  type        = string
  default     = null

  validation {
    condition     = var.secret_arn == null || can(regex("^arn:[a-z-]+:secretsmanager:", var.secret_arn))
    error_message = "secret_arn must be an ARN of secretsmanager."
  }
}

variable "kms_key_arn" {
  description = "The key that tables, queues, archive and secret are encrypted with. Null: keys that AWS owns."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be an ARN of kms."
  }
}

variable "permissions_boundary_arn" {
  description = "Permissions boundary of every role. Null: none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null || can(regex("^arn:[a-z-]+:iam:", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be an ARN of iam."
  }
}

variable "github_deploy" {
  description = "A role for GitHub Actions, without any stored key: pushes the image and reads the cluster's address. subjects are the token's sub claims that may take it, such as repo:ORG/REPO:ref:refs/heads/main. Null: no such role."
  type = object({
    oidc_provider_arn  = string
    subjects           = list(string)
    ecr_repository_arn = string
    eks_cluster_arn    = optional(string)
  })
  default = null

  validation {
    condition = var.github_deploy == null ? true : length(var.github_deploy.subjects) > 0 && alltrue([
      for subject in var.github_deploy.subjects : can(regex("^repo:[^*:/]+/[^*:/]+:(ref|environment):[^*]+$", subject))
    ])
    error_message = "Each of github_deploy.subjects names one repository and one ref or environment, without wildcards."
  }
}
