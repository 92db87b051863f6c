locals {
  # Policies of CloudFront itself, the same in every account.
  caching_disabled                  = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
  caching_optimized                 = "658327ea-f89d-4fab-a63d-7e88639e58f6"
  all_viewer                        = "216adef6-5c7f-47e4-b989-5492eafa07d3"
  all_viewer_except_host            = "b689b0a8-53d0-40ab-baf2-68738e2966ac"
  api                               = "api"
  pages                             = var.pages_from_load_balancer ? "pages" : "api"
  pages_request_policy              = var.pages_from_load_balancer ? local.all_viewer : local.all_viewer_except_host
  certificate_arn                   = var.create_certificate ? aws_acm_certificate_validation.this[0].certificate_arn : var.certificate_arn
  every_method                      = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"]
  unavailable_page                  = "/unavailable/index.html"
  statuses_nobody_behind_answers_by = [502, 504] # the dashboard itself never answers these; its 503 says why and when to come back
}

resource "aws_acm_certificate" "this" {
  provider = aws.us_east_1
  count    = var.create_certificate ? 1 : 0

  domain_name       = var.domain_name
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true

    precondition {
      condition     = var.domain_name != null && var.zone != null
      error_message = "A certificate needs domain_name and zone."
    }
  }
}

resource "aws_route53_record" "validation" {
  for_each = var.create_certificate ? toset([var.domain_name]) : toset([])

  zone_id         = var.zone.id
  name            = one([for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_name if option.domain_name == each.value])
  type            = one([for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_type if option.domain_name == each.value])
  records         = [one([for option in aws_acm_certificate.this[0].domain_validation_options : option.resource_record_value if option.domain_name == each.value])]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "this" {
  provider = aws.us_east_1
  count    = var.create_certificate ? 1 : 0

  certificate_arn         = aws_acm_certificate.this[0].arn
  validation_record_fqdns = [for record in aws_route53_record.validation : record.fqdn]
}

# Files carry in their address what they were made from (a time of change or a version), so the whole query is part of
# the key; how long they are kept is what the dashboard says of each.
resource "aws_cloudfront_cache_policy" "files" {
  name        = "${var.name}-files"
  comment     = "Scripts, styles and fonts of the dashboard"
  min_ttl     = 0
  default_ttl = 300
  max_ttl     = 31536000

  parameters_in_cache_key_and_forwarded_to_origin {
    enable_accept_encoding_brotli = true
    enable_accept_encoding_gzip   = true

    cookies_config {
      cookie_behavior = "none"
    }

    headers_config {
      header_behavior = "none"
    }

    query_strings_config {
      query_string_behavior = "all"
    }
  }
}

# Never in place of what the dashboard says itself: its Content-Security-Policy names the hashes of its own scripts.
resource "aws_cloudfront_response_headers_policy" "this" {
  #checkov:skip=CKV_AWS_259:The rule wants it to override and to preload; the dashboard says HSTS itself, and preloading binds the whole domain, which is its owner's to decide.
  name    = "${var.name}-headers"
  comment = "For answers the dashboard did not give itself"

  security_headers_config {
    content_type_options {
      override = false
    }

    frame_options {
      frame_option = "DENY"
      override     = false
    }

    referrer_policy {
      referrer_policy = "same-origin"
      override        = false
    }

    strict_transport_security {
      access_control_max_age_sec = 31536000
      include_subdomains         = true
      override                   = false
    }
  }

  custom_headers_config {
    items {
      header   = "X-Permitted-Cross-Domain-Policies"
      value    = "none"
      override = false
    }
  }

  remove_headers_config {
    items {
      header = "X-Powered-By"
    }
  }
}

resource "aws_cloudfront_vpc_origin" "pages" {
  count = var.pages_from_load_balancer ? 1 : 0

  vpc_origin_endpoint_config {
    name                   = var.name
    arn                    = var.load_balancer.arn
    http_port              = var.load_balancer.port
    https_port             = 443
    origin_protocol_policy = "http-only"

    origin_ssl_protocols {
      items    = ["TLSv1.2"]
      quantity = 1
    }
  }
}

resource "aws_cloudfront_distribution" "this" {
  #checkov:skip=CKV_AWS_305:The index is a page of the dashboard, not an object.
  #checkov:skip=CKV_AWS_310:There is one dashboard; a second origin would answer from the same tables.
  #checkov:skip=CKV_AWS_374:Who may come is decided by sign-in and network; allowed_countries restricts where that is wanted.
  #checkov:skip=CKV2_AWS_42:Without a domain_name there is only CloudFront's own certificate.
  #checkov:skip=CKV2_AWS_47:The web ACL comes as a variable; the module waf has the rule set against Log4j in it.
  #checkov:skip=CKV_AWS_174:With a certificate of its own the least version is TLSv1.2_2021; CloudFront's own certificate lets none be set.
  comment         = "The dashboard: pages, API and webhooks"
  enabled         = true
  is_ipv6_enabled = true
  http_version    = "http2and3"
  price_class     = var.price_class
  aliases         = var.domain_name == null ? [] : [var.domain_name]
  web_acl_id      = var.web_acl_arn

  origin {
    origin_id   = local.api
    domain_name = var.api_origin.domain_name
    origin_path = var.api_origin.path

    custom_origin_config {
      http_port                = 80
      https_port               = 443
      origin_protocol_policy   = "https-only"
      origin_ssl_protocols     = ["TLSv1.2"]
      origin_read_timeout      = 30
      origin_keepalive_timeout = 30
    }

    dynamic "custom_header" {
      for_each = nonsensitive(var.origin_secret == null) ? [] : ["X-Origin-Verify"]

      content {
        name  = custom_header.value
        value = var.origin_secret
      }
    }
  }

  dynamic "origin" {
    for_each = aws_cloudfront_vpc_origin.pages

    content {
      origin_id   = local.pages
      domain_name = var.load_balancer.dns_name

      vpc_origin_config {
        vpc_origin_id            = origin.value.id
        origin_read_timeout      = 30
        origin_keepalive_timeout = 30
      }
    }
  }

  origin {
    origin_id                = "unavailable"
    domain_name              = aws_s3_bucket.unavailable.bucket_regional_domain_name
    origin_access_control_id = aws_cloudfront_origin_access_control.this.id
  }

  # Pages: never cached.
  default_cache_behavior {
    target_origin_id           = local.pages
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = local.every_method
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = local.caching_disabled
    origin_request_policy_id   = local.pages_request_policy
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
  }

  dynamic "ordered_cache_behavior" {
    for_each = ["/assets/*", "/_dash-component-suites/*"]

    content {
      path_pattern               = ordered_cache_behavior.value
      target_origin_id           = local.pages
      viewer_protocol_policy     = "redirect-to-https"
      allowed_methods            = ["GET", "HEAD"]
      cached_methods             = ["GET", "HEAD"]
      compress                   = true
      cache_policy_id            = aws_cloudfront_cache_policy.files.id
      response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
    }
  }

  # A sender that is redirected would send its secret in the clear first: https only.
  ordered_cache_behavior {
    path_pattern               = "/api/*"
    target_origin_id           = local.api
    viewer_protocol_policy     = "https-only"
    allowed_methods            = local.every_method
    cached_methods             = ["GET", "HEAD"]
    cache_policy_id            = local.caching_disabled
    origin_request_policy_id   = local.all_viewer_except_host
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
  }

  ordered_cache_behavior {
    path_pattern               = "/unavailable/*"
    target_origin_id           = "unavailable"
    viewer_protocol_policy     = "redirect-to-https"
    allowed_methods            = ["GET", "HEAD"]
    cached_methods             = ["GET", "HEAD"]
    compress                   = true
    cache_policy_id            = local.caching_optimized
    response_headers_policy_id = aws_cloudfront_response_headers_policy.this.id
  }

  dynamic "custom_error_response" {
    for_each = local.statuses_nobody_behind_answers_by

    content {
      error_code            = custom_error_response.value
      response_code         = 503
      response_page_path    = local.unavailable_page
      error_caching_min_ttl = 5
    }
  }

  logging_config {
    bucket          = aws_s3_bucket.logs.bucket_domain_name
    prefix          = "cloudfront/"
    include_cookies = false
  }

  restrictions {
    geo_restriction {
      restriction_type = length(var.allowed_countries) == 0 ? "none" : "whitelist"
      locations        = var.allowed_countries
    }
  }

  viewer_certificate {
    cloudfront_default_certificate = var.domain_name == null
    acm_certificate_arn            = var.domain_name == null ? null : local.certificate_arn
    ssl_support_method             = var.domain_name == null ? null : "sni-only"
    minimum_protocol_version       = var.domain_name == null ? "TLSv1" : "TLSv1.2_2021"
  }

  depends_on = [aws_s3_bucket_ownership_controls.logs]
}

resource "aws_route53_record" "this" {
  for_each = var.domain_name == null || var.zone == null ? toset([]) : toset(["A", "AAAA"])

  zone_id = var.zone.id
  name    = var.domain_name
  type    = each.value

  alias {
    name                   = aws_cloudfront_distribution.this.domain_name
    zone_id                = aws_cloudfront_distribution.this.hosted_zone_id
    evaluate_target_health = false
  }
}
