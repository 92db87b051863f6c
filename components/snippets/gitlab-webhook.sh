curl -X POST "https://gitlab.example.com/api/v4/projects/$PROJECT_ID/hooks" \
  -H "PRIVATE-TOKEN: $GITLAB_TOKEN" \
  --data-urlencode 'url={origin}/api/ingest/webhook/gitlab' --data-urlencode "token=$WEBHOOK_SECRET" \
  -d push_events=false -d deployment_events=true -d pipeline_events=true -d job_events=true \
  -d enable_ssl_verification=true
