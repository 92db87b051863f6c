curl -X POST "https://gitlab.example.com/api/v4/projects/$PROJECT_ID/hooks" \
  -H "PRIVATE-TOKEN: $GITLAB_TOKEN" \
  -d 'url={origin}/api/ingest/webhook/gitlab' -d "token=$WEBHOOK_SECRET" \
  -d push_events=false -d deployment_events=true -d pipeline_events=true -d job_events=true
