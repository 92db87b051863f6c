variable "bucket_name" {
  description = "Name of the archive's bucket; unique in all of AWS."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name must have 3 to 63 lower-case letters, digits and -."
  }
}

variable "infrequent_access_days" {
  description = "After how many days what was received moves to cheaper storage (STANDARD_IA)."
  type        = number
  default     = 90

  validation {
    condition     = var.infrequent_access_days >= 30 && var.infrequent_access_days <= 3650
    error_message = "infrequent_access_days must be from 30 to 3650."
  }
}

variable "expiration_days" {
  description = "After how many days what was received is deleted. 0: never; from the archive alone everything can be rebuilt."
  type        = number
  default     = 0

  validation {
    condition     = var.expiration_days == 0 || (var.expiration_days > var.infrequent_access_days && var.expiration_days <= 36500)
    error_message = "expiration_days must be 0, or more than infrequent_access_days."
  }
}

variable "noncurrent_days" {
  description = "How long an overwritten or deleted object can still be brought back."
  type        = number
  default     = 30

  validation {
    condition     = var.noncurrent_days >= 1 && var.noncurrent_days <= 3650
    error_message = "noncurrent_days must be from 1 to 3650."
  }
}

variable "force_destroy" {
  description = "Whether destroying the bucket takes every object with it."
  type        = bool
  default     = false
  nullable    = false
}

variable "glue_database_name" {
  description = "Glue database of the archive's table."
  type        = string
  default     = "deploy_dashboard"

  validation {
    condition     = can(regex("^[a-z0-9_]{1,255}$", var.glue_database_name))
    error_message = "glue_database_name may have lower-case letters, digits and _."
  }
}

variable "athena_workgroup_name" {
  description = "Athena workgroup for questions to the archive."
  type        = string
  default     = "deploy-dashboard"

  validation {
    condition     = can(regex("^[A-Za-z0-9._-]{1,128}$", var.athena_workgroup_name))
    error_message = "athena_workgroup_name may have letters, digits, . _ and -."
  }
}

variable "athena_results_days" {
  description = "How long answers of Athena are kept."
  type        = number
  default     = 30

  validation {
    condition     = var.athena_results_days >= 1 && var.athena_results_days <= 365
    error_message = "athena_results_days must be from 1 to 365."
  }
}

variable "athena_scan_limit_bytes" {
  description = "A question that would read more is stopped: at 5 dollars a terabyte the default of 10 GiB is 5 cents."
  type        = number
  default     = 10737418240

  validation {
    condition     = var.athena_scan_limit_bytes >= 10485760
    error_message = "athena_scan_limit_bytes must be at least 10 MiB."
  }
}

variable "first_day" {
  description = "The first day the archive can hold (YYYY-MM-DD): where the table's partitions begin."
  type        = string
  default     = "2026-01-01"

  validation {
    condition     = can(regex("^[0-9]{4}-[0-9]{2}-[0-9]{2}$", var.first_day)) && can(formatdate("YYYY", "${var.first_day}T00:00:00Z"))
    error_message = "first_day must be a day such as 2026-01-01."
  }
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the objects and Athena's answers. Null: S3 encrypts with AES-256, at no cost."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
