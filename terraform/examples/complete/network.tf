# What is there already where an EKS cluster is: a VPC, private subnets, the OIDC provider; and a zone with certificates.

resource "aws_vpc" "this" {
  #checkov:skip=CKV2_AWS_11:An example of a network; yours is there and has its own flow logs.
  #checkov:skip=CKV2_AWS_12:An example of a network; nothing is in the default security group.
  cidr_block           = "10.60.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true
}

resource "aws_subnet" "private" {
  count = 2

  vpc_id            = aws_vpc.this.id
  cidr_block        = cidrsubnet(aws_vpc.this.cidr_block, 4, count.index)
  availability_zone = var.zones[count.index]
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
}

resource "aws_route_table_association" "private" {
  count = 2

  subnet_id      = aws_subnet.private[count.index].id
  route_table_id = aws_route_table.private.id
}

resource "aws_iam_openid_connect_provider" "cluster" {
  url             = var.oidc_issuer
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = [var.oidc_thumbprint]
}

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:DNSSEC is the domain owner's to decide.
  #checkov:skip=CKV2_AWS_39:Query logging is the domain owner's to decide.
  name = var.domain
}

resource "aws_acm_certificate" "api" {
  domain_name       = "api.dashboard.${var.domain}"
  validation_method = "DNS"

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "api_validation" {
  zone_id         = aws_route53_zone.this.zone_id
  name            = one(aws_acm_certificate.api.domain_validation_options).resource_record_name
  type            = one(aws_acm_certificate.api.domain_validation_options).resource_record_type
  records         = [one(aws_acm_certificate.api.domain_validation_options).resource_record_value]
  ttl             = 300
  allow_overwrite = true
}

resource "aws_acm_certificate_validation" "api" {
  certificate_arn         = aws_acm_certificate.api.arn
  validation_record_fqdns = [aws_route53_record.api_validation.fqdn]
}
