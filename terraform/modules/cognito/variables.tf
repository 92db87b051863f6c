variable "name" {
  description = "What the user pool is called."
  type        = string
  default     = "deploy-dashboard"
}

variable "domain_prefix" {
  description = "The first part of the sign-in pages' host name; it must be free in the region, in all accounts."
  type        = string

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.domain_prefix))
    error_message = "The prefix must be 3 to 63 lower-case letters, digits and hyphens."
  }
}

variable "callback_urls" {
  description = "Where sign-in leads back to."
  type        = list(string)

  validation {
    condition     = length(var.callback_urls) > 0 && alltrue([for url in var.callback_urls : can(regex("^(https://|http://localhost[:/])", url))])
    error_message = "At least one URL is needed, each https:// (or http://localhost for trying it)."
  }
}

variable "logout_urls" {
  description = "Where sign-out leads back to."
  type        = list(string)
  default     = []
}

variable "groups" {
  description = "Groups and what they may do: the three roles; add groups for teams."
  type        = map(string)
  default = {
    viewer          = "Sees everything of the own teams"
    release-manager = "Also promotes, fires test alerts and grants exemptions"
    admin           = "Also judges quarantined events and administers keys"
  }
}

variable "saml" {
  description = "An identity provider by SAML: its name, the address of its metadata, and its attributes; null: users of the pool only."
  type = object({
    name            = string
    metadata_url    = string
    email_attribute = optional(string, "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress")
  })
  default = null

  validation {
    condition     = var.saml == null ? true : startswith(var.saml.metadata_url, "https://")
    error_message = "The metadata's address must be https://."
  }
}

variable "deletion_protection" {
  description = "Whether the pool refuses to be deleted."
  type        = bool
  default     = true
}
