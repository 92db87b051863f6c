# The archive: every delivery as it was sent, from which all tables can be made again.

locals {
  events  = "events/" # ingest/archive_lines.py
  answers = "athena-results/"
}

resource "aws_s3_bucket" "this" {
  #checkov:skip=CKV_AWS_18:Who read the archive is in CloudTrail's data events, which are the account's business; a log bucket for each bucket is not
  #checkov:skip=CKV_AWS_144:A copy in another region is a decision about money and law, not a default
  #checkov:skip=CKV2_AWS_62:Nothing waits for new objects
  bucket        = var.bucket_name
  force_destroy = var.force_destroy
}

resource "aws_s3_bucket_ownership_controls" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  bucket                  = aws_s3_bucket.this.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    bucket_key_enabled = var.kms_key_arn != null

    apply_server_side_encryption_by_default {
      sse_algorithm     = var.kms_key_arn == null ? "AES256" : "aws:kms"
      kms_master_key_id = var.kms_key_arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket = aws_s3_bucket.this.id

  rule {
    id     = "deliveries"
    status = "Enabled"

    filter {
      prefix = local.events
    }

    transition {
      days          = var.infrequent_access_days
      storage_class = "STANDARD_IA"
    }

    dynamic "expiration" {
      for_each = var.expiration_days > 0 ? [var.expiration_days] : []

      content {
        days = expiration.value
      }
    }
  }

  rule {
    id     = "answers"
    status = "Enabled"

    filter {
      prefix = local.answers
    }

    expiration {
      days = var.athena_results_days
    }
  }

  rule {
    id     = "leftovers"
    status = "Enabled"

    filter {
      prefix = ""
    }

    noncurrent_version_expiration {
      noncurrent_days = var.noncurrent_days
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

resource "aws_s3_bucket_policy" "this" {
  bucket = aws_s3_bucket.this.id
  policy = data.aws_iam_policy_document.tls_only.json

  depends_on = [aws_s3_bucket_public_access_block.this]
}

data "aws_iam_policy_document" "tls_only" {
  statement {
    sid       = "OnlyByTls"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this.arn, "${aws_s3_bucket.this.arn}/*"]

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

resource "aws_glue_catalog_database" "this" {
  name        = var.glue_database_name
  description = "Deployment and Quality Dashboard: the archive of deliveries"
}

resource "aws_glue_catalog_table" "events" {
  name          = "deliveries"
  database_name = aws_glue_catalog_database.this.name
  description   = "One row a delivery, as ingest/archive_lines.py writes it"
  table_type    = "EXTERNAL_TABLE"

  # Days are counted out, not listed: no crawler, and a new day is there at once.
  parameters = {
    "EXTERNAL"                  = "TRUE"
    "classification"            = "json"
    "compressionType"           = "gzip"
    "projection.enabled"        = "true"
    "projection.dt.type"        = "date"
    "projection.dt.format"      = "yyyy-MM-dd"
    "projection.dt.range"       = "${var.first_day},NOW"
    "storage.location.template" = "s3://${var.bucket_name}/${local.events}dt=$${dt}/"
  }

  partition_keys {
    name = "dt"
    type = "string"
  }

  storage_descriptor {
    location      = "s3://${aws_s3_bucket.this.bucket}/${local.events}"
    input_format  = "org.apache.hadoop.mapred.TextInputFormat"
    output_format = "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat"
    compressed    = true

    ser_de_info {
      serialization_library = "org.openx.data.jsonserde.JsonSerDe"
      parameters = {
        "case.insensitive"      = "true"
        "ignore.malformed.json" = "true"
      }
    }

    dynamic "columns" {
      for_each = local.columns

      content {
        name = columns.value[0]
        type = columns.value[1]
      }
    }
  }
}

locals {
  # Names in lower case, as Athena has them; what an event holds differs by kind, so each is text: json_extract reads it.
  columns = [
    ["v", "int"],
    ["receivedat", "string"],
    ["source", "string"],
    ["sender", "string"],
    ["messageid", "string"],
    ["headers", "map<string,string>"],
    ["params", "map<string,string>"],
    ["events", "array<string>"],
    ["raw", "string"],
    ["rawbase64", "string"],
    ["toolate", "boolean"],
  ]
}

resource "aws_athena_workgroup" "this" {
  name          = var.athena_workgroup_name
  description   = "Questions to the dashboard's archive"
  force_destroy = var.force_destroy

  configuration {
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = var.athena_scan_limit_bytes

    result_configuration {
      output_location = "s3://${aws_s3_bucket.this.bucket}/${local.answers}"

      encryption_configuration {
        encryption_option = var.kms_key_arn == null ? "SSE_S3" : "SSE_KMS"
        kms_key_arn       = var.kms_key_arn
      }
    }
  }
}

resource "aws_athena_named_query" "by_source" {
  name        = "deliveries-by-source"
  description = "Deliveries of the last seven days, by day and source"
  workgroup   = aws_athena_workgroup.this.id
  database    = aws_glue_catalog_database.this.name
  query       = <<-EOT
    SELECT dt, source, count(*) AS deliveries, sum(cardinality(events)) AS events
    FROM ${aws_glue_catalog_table.events.name}
    WHERE dt >= date_format(current_date - interval '7' day, '%Y-%m-%d')
    GROUP BY dt, source
    ORDER BY dt, source
  EOT
}
