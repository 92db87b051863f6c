variable "repository_name" {
  description = "Name of the image's repository."
  type        = string
  default     = "deploy-dashboard-backend"

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9._/-]{1,255}$", var.repository_name))
    error_message = "repository_name may have lower-case letters, digits, . _ / and -."
  }
}

variable "keep_images" {
  description = "How many tagged images are kept; the oldest go first."
  type        = number
  default     = 50

  validation {
    condition     = var.keep_images >= 5 && var.keep_images <= 1000
    error_message = "keep_images must be from 5 to 1000: a rollback needs the images before."
  }
}

variable "untagged_days" {
  description = "After how many days an image without a tag goes."
  type        = number
  default     = 7

  validation {
    condition     = var.untagged_days >= 1 && var.untagged_days <= 365
    error_message = "untagged_days must be from 1 to 365."
  }
}

variable "force_delete" {
  description = "Whether destroying the repository takes its images with it."
  type        = bool
  default     = false
  nullable    = false
}

variable "kms_key_arn" {
  description = "KMS key that encrypts the images. Null: ECR encrypts with AES-256, at no cost."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null || can(regex("^arn:[a-z-]+:kms:", var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a KMS key."
  }
}
