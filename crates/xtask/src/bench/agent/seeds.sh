#!/bin/bash
# What the agent replaces, as it is done by hand: a watcher that asks the metadata service with curl every two seconds, and a
# check once a minute of who is there. Only to be measured beside the agent: it acts on nothing.
# usage: seeds.sh METADATA-SERVICE FILE-FOR-THE-COUNT-OF-PROCESSES
set -u
imds=$1 count=$2 token='' token_until=0 check_at=60

# In a PID namespace of its own, the newest process id tells how many there were.
tell() {
  local last
  read -r last < /proc/sys/kernel/ns_last_pid
  echo "$last" > "$count"
}
trap tell USR1

renew() {
  token=$(curl -sS -m 2 -X PUT -H 'X-aws-ec2-metadata-token-ttl-seconds: 21600' "$imds/latest/api/token")
  token_until=$((SECONDS + 21000))
}

notice() {
  ((SECONDS < token_until)) || renew
  curl -s -m 2 -o /dev/null -w '%{http_code}' -H "X-aws-ec2-metadata-token: $token" \
    "$imds/latest/meta-data/spot/instance-action"
}

check() {
  local users shells busy
  users=$(who | wc -l)
  shells=$(pgrep -fc 'sshd(-session)?: .*@')
  busy=$(ps -eo pcpu= --sort=-pcpu | head -n 1)
  printf '%s users %s shells %s busiest %s\n' "$(date -u +%FT%TZ)" "$users" "$shells" "$busy"
}

renew
while true; do
  [[ $(notice) == 404 ]] || echo 'there is a notice'
  if ((SECONDS >= check_at)); then
    check
    check_at=$((SECONDS + 60))
  fi
  sleep 2
done
