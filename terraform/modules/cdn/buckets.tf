# Two small buckets: the access log, and the page people see while nobody answers behind CloudFront.

resource "aws_s3_bucket" "logs" {
  #checkov:skip=CKV_AWS_18:It is the log.
  #checkov:skip=CKV_AWS_21:Log files are written once.
  #checkov:skip=CKV_AWS_144:Access logs of one region need no second one.
  #checkov:skip=CKV_AWS_145:CloudFront's log delivery needs no key of ours; it is encrypted with S3's.
  #checkov:skip=CKV2_AWS_62:Nobody waits for an access log.
  #checkov:skip=CKV2_AWS_65:CloudFront's standard log is delivered by an ACL.
  bucket        = "${var.bucket_prefix}-access-logs"
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "logs" {
  #checkov:skip=CKV2_AWS_65:CloudFront's standard log is delivered by an ACL.
  bucket = aws_s3_bucket.logs.id

  rule {
    object_ownership = "BucketOwnerPreferred"
  }
}

resource "aws_s3_bucket" "unavailable" {
  #checkov:skip=CKV_AWS_18:One public page; CloudFront logs who asks for it.
  #checkov:skip=CKV_AWS_144:The page can be written again at any time.
  #checkov:skip=CKV_AWS_145:What anybody may read needs no key of ours.
  #checkov:skip=CKV2_AWS_61:It holds one object that stays.
  #checkov:skip=CKV2_AWS_62:Nobody waits for it to change.
  bucket        = "${var.bucket_prefix}-unavailable"
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_versioning" "unavailable" {
  bucket = aws_s3_bucket.unavailable.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_ownership_controls" "unavailable" {
  bucket = aws_s3_bucket.unavailable.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = { logs = aws_s3_bucket.logs.id, unavailable = aws_s3_bucket.unavailable.id }

  bucket                  = each.value
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = { logs = aws_s3_bucket.logs.id, unavailable = aws_s3_bucket.unavailable.id }

  bucket = each.value

  rule {
    apply_server_side_encryption_by_default {
      sse_algorithm = "AES256"
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "logs" {
  bucket = aws_s3_bucket.logs.id

  rule {
    id     = "expire"
    status = "Enabled"

    filter {
      prefix = ""
    }

    expiration {
      days = var.log_retention_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }
}

resource "aws_s3_object" "unavailable" {
  bucket        = aws_s3_bucket.unavailable.id
  key           = trimprefix(local.unavailable_page, "/")
  source        = "${path.module}/unavailable.html"
  source_hash   = filemd5("${path.module}/unavailable.html")
  content_type  = "text/html; charset=utf-8"
  cache_control = "public, max-age=60"
}

resource "aws_cloudfront_origin_access_control" "this" {
  name                              = "${var.name}-unavailable"
  description                       = "CloudFront alone reads the bucket"
  origin_access_control_origin_type = "s3"
  signing_behavior                  = "always"
  signing_protocol                  = "sigv4"
}

data "aws_iam_policy_document" "unavailable" {
  statement {
    sid       = "CloudFrontReads"
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.unavailable.arn}/*"]

    principals {
      type        = "Service"
      identifiers = ["cloudfront.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "AWS:SourceArn"
      values   = [aws_cloudfront_distribution.this.arn]
    }
  }

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.unavailable.arn, "${aws_s3_bucket.unavailable.arn}/*"]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_s3_bucket_policy" "unavailable" {
  bucket = aws_s3_bucket.unavailable.id
  policy = data.aws_iam_policy_document.unavailable.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}
