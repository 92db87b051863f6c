gh api repos/OWNER/REPOSITORY/hooks --method POST \
  -f name=web -F active=true \
  -f 'events[]=deployment' -f 'events[]=deployment_status' \
  -f 'events[]=workflow_run' -f 'events[]=workflow_job' \
  -f 'config[url]={origin}/api/ingest/webhook/github' \
  -f 'config[content_type]=json' -f "config[secret]=$WEBHOOK_SECRET"
