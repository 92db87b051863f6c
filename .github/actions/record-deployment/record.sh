#!/usr/bin/env bash
# Sends one deployment event: IN_PROGRESS with phase `start`, the job's outcome with phase `end`. Needs bash and curl.
# A dashboard that is away costs a deployment nothing but a warning, unless DQD_FAIL_ON_ERROR is "true".
set -euo pipefail

problem() {
  if [ "${DQD_FAIL_ON_ERROR:-false}" = true ]; then
    echo "::error::deployment not recorded: $1"
    exit 1
  fi
  echo "::warning::deployment not recorded: $1"
  exit 0
}

# A text as JSON: quotes, backslashes and control characters may stand in it.
text() {
  local said=$1
  said=${said//\\/\\\\}
  said=${said//\"/\\\"}
  said=$(printf '%s' "$said" | tr '\000-\037' ' ')
  printf '"%s"' "$said"
}

for name in DQD_PHASE DQD_URL DQD_SECRET DQD_CLUSTER DQD_SERVICE DQD_VERSION; do
  [ -n "${!name:-}" ] || problem "$name is empty"
done

now=$(date -u +%Y-%m-%dT%H:%M:%SZ)
# When it began, kept for `end`: one name for each deployment a job makes.
began="DQD_BEGAN_$(printf '%s/%s/%s' "$DQD_CLUSTER" "$DQD_SERVICE" "$DQD_VERSION" | cksum | cut -d ' ' -f 1)"
ended=""
case "$DQD_PHASE" in
  start)
    status=IN_PROGRESS
    started=$now
    if [ -n "${GITHUB_ENV:-}" ]; then echo "$began=$now" >> "$GITHUB_ENV"; fi
    ;;
  end)
    started=${!began:-$now}
    ended=",\"endedAt\":\"$now\""
    case "${DQD_STATUS:-}" in
      success) status=SUCCESS ;;
      failure) status=FAILED ;;
      cancelled) status=FAILED; ended="$ended,\"cancelled\":true" ;;
      *) problem "status must be success, failure or cancelled, not '${DQD_STATUS:-}'" ;;
    esac
    ;;
  *) problem "phase must be start or end, not '$DQD_PHASE'" ;;
esac

more=""
if [ "$status" = FAILED ] && [ -n "${DQD_FAILURE_REASON:-}" ]; then
  more="$more,\"failureReason\":$(text "$DQD_FAILURE_REASON")"
fi
if [ -n "${GITHUB_SHA:-}" ]; then more="$more,\"gitSha\":$(text "$GITHUB_SHA")"; fi
if [ -n "${GITHUB_ACTOR:-}" ]; then more="$more,\"actor\":$(text "$GITHUB_ACTOR")"; fi
if [ -n "${GITHUB_RUN_ID:-}" ]; then
  more="$more,\"runId\":$(text "$GITHUB_RUN_ID"),\"runAttempt\":$(text "${GITHUB_RUN_ATTEMPT:-1}")"
  if [ -n "${GITHUB_SERVER_URL:-}" ] && [ -n "${GITHUB_REPOSITORY:-}" ]; then
    more="$more,\"runUrl\":$(text "$GITHUB_SERVER_URL/$GITHUB_REPOSITORY/actions/runs/$GITHUB_RUN_ID")"
  fi
fi

body="{\"source\":\"github-actions\",\"eventType\":\"deployment\",\"payload\":{\
\"clusterId\":$(text "$DQD_CLUSTER"),\"serviceId\":$(text "$DQD_SERVICE"),\"buildVersion\":$(text "$DQD_VERSION"),\
\"status\":\"$status\",\"startedAt\":\"$started\"$ended,\"eventTime\":\"$now\",\
\"trigger\":$(text "${DQD_TRIGGER:-unknown}")$more}}"

# The secret goes in by standard input: a command line can be read by every process of the machine.
said=$(
  printf 'header = %s\n' "$(text "X-Webhook-Secret: $DQD_SECRET")" |
    curl --config - --silent --show-error --max-time 20 --retry "${DQD_RETRIES:-3}" --retry-delay 2 --retry-connrefused \
      --header 'Content-Type: application/json' --data-binary "$body" --write-out '\n%{http_code}' \
      "${DQD_URL%/}/api/ingest/webhook" 2>&1
) || problem "$(printf '%s' "$said" | tail -n 1)"

code=${said##*$'\n'}
answer=${said%$'\n'*}
case "$code" in
  202) ;;
  200) echo "::notice::the dashboard took it, but it changes nothing: $answer"; exit 0 ;;
  *) problem "HTTP $code $answer" ;;
esac
attempt=$(printf '%s' "$answer" | sed -n 's/.*"attemptId":"\([^"]*\)".*/\1/p')
echo "Recorded $status of $DQD_SERVICE $DQD_VERSION on $DQD_CLUSTER as $attempt"
if [ -n "${GITHUB_OUTPUT:-}" ]; then echo "attempt-id=$attempt" >> "$GITHUB_OUTPUT"; fi
