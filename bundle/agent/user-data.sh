#!/bin/sh
# Curfew: puts the agent on this machine and starts it. Cloud-init runs this once, as root, on the first boot; on later
# boots systemd starts the agent. A machine that cannot be guarded is powered off. There is no secret in here.
set -u
umask 022
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C

grace=@GRACE@ # seconds between a failure and the power-off
patience=15m # for all of this
agent=/usr/local/bin/curfew-agent
new=$agent.new # in the same folder, so that it has the security label of a program
guarded=

say() {
    printf 'curfew: %s\n' "$1"
    { printf 'curfew: %s\n' "$1" >/dev/console; } 2>/dev/null
}

give_up() {
    say "$1"
    exit 1
}

# Whatever ends this script: without a guard the machine goes down, by the first way that works.
leave() {
    trap - EXIT
    [ -z "$guarded" ] || exit 0
    say "This machine has no guard. It powers off in $grace seconds."
    bounded systemctl --no-block start "curfew-power-off@${grace}s.service" ||
        bounded shutdown -h "+$(((grace + 59) / 60))" ||
        { sleep "$grace" && bounded shutdown -h now; } ||
        poweroff -f
    exit 1
}
trap leave EXIT
trap 'exit 1' HUP INT TERM

bounded() {
    timeout -k 10 60 "$@"
}

have() {
    command -v "$1" >/dev/null 2>&1
}

# What guards the machine from here on: should this script be killed, or the machine be restarted in the middle of it,
# the units still power it off.
install_units() {
    mkdir -p /etc/systemd/system /usr/local/bin || return
    cat >/etc/systemd/system/curfew-power-off@.service <<'END_OF_UNIT' || return
@POWER_OFF_UNIT@
END_OF_UNIT
    cat >/etc/systemd/system/curfew-agent.service <<'END_OF_UNIT' || return
@AGENT_UNIT@
END_OF_UNIT
    bounded systemctl daemon-reload || return
    bounded systemctl --no-block start "curfew-power-off@$patience.service" || return
    bounded systemctl enable curfew-agent.service
}

install_config() (
    umask 077
    mkdir -p /etc/curfew || exit
    cat >/etc/curfew/agent.toml.new <<'END_OF_AGENT_TOML' || exit
@AGENT_TOML@
END_OF_AGENT_TOML
    mv /etc/curfew/agent.toml.new /etc/curfew/agent.toml
)

choose_agent() {
    case $(uname -m) in
    # @DOWNLOADS@
    *) give_up "There is no agent for a machine of the kind $(uname -m)." ;;
    esac
}

# By the presigned URL, for as long as that is good.
fetch_by_url() {
    if have curl; then
        curl --fail --silent --show-error --connect-timeout 10 --max-time 90 --output "$new" "$url"
    elif have wget; then
        timeout 90 wget --no-verbose --timeout=10 --tries=1 --output-document="$new" "$url"
    else
        fetch_by_python "$url"
    fi
}

# By the credentials of the machine's own role, for when the URL has expired.
fetch_by_role() {
    fetch_by_python "${url%%\?*}" "$region"
}

# Cloud-init is written in Python, so where this script runs there is one. It signs, and not curl, because the curl of
# Ubuntu 22.04 leaves the session's token out of the signature, which S3 refuses.
fetch_by_python() {
    timeout 90 python3 - "$new" "$@" <<'END_OF_PYTHON'
import hashlib, hmac, json, sys, time, urllib.error, urllib.parse, urllib.request

METADATA = "http://169.254.169.254/latest/"
LOCAL = urllib.request.build_opener(urllib.request.ProxyHandler({}))

def metadata(path, headers, method="GET"):
    request = urllib.request.Request(METADATA + path, headers=headers, method=method)
    return LOCAL.open(request, timeout=5).read().decode()

def credentials():
    lifetime = {"X-aws-ec2-metadata-token-ttl-seconds": "300"}
    token = {"X-aws-ec2-metadata-token": metadata("api/token", lifetime, "PUT")}
    roles = "meta-data/iam/security-credentials/"
    return json.loads(metadata(roles + metadata(roles, token).split()[0], token))

def signed(url, region, keys):
    """AWS Signature Version 4 of a GET without a query."""
    parts = urllib.parse.urlsplit(url)
    now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    nothing = hashlib.sha256(b"").hexdigest()
    headers = {"host": parts.netloc, "x-amz-content-sha256": nothing, "x-amz-date": now,
               "x-amz-security-token": keys["Token"]}
    names = ";".join(sorted(headers))
    lines = ["%s:%s" % (name, headers[name]) for name in sorted(headers)]
    request = "\n".join(["GET", parts.path, "", *lines, "", names, nothing])
    scope = "/".join([now[:8], region, "s3", "aws4_request"])
    text = "\n".join(["AWS4-HMAC-SHA256", now, scope, hashlib.sha256(request.encode()).hexdigest()])
    key = ("AWS4" + keys["SecretAccessKey"]).encode()
    for part in scope.split("/") + [text]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    headers["authorization"] = "AWS4-HMAC-SHA256 Credential=%s/%s, SignedHeaders=%s, Signature=%s" % (
        keys["AccessKeyId"], scope, names, key.hex())
    return headers

file, url, *region = sys.argv[1:]
try:
    headers = signed(url, region[0], credentials()) if region else {}
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer, open(file, "wb") as out:
        while chunk := answer.read(65536):
            out.write(chunk)
except (OSError, ValueError, LookupError) as fault:
    sys.exit("%s: %s" % (getattr(fault, "url", None) or url, fault))
END_OF_PYTHON
}

fetch() {
    for pause in 2 4 0; do
        fetch_by_url && return
        say "The agent could not be fetched by its URL; trying the machine's own role."
        fetch_by_role && return
        sleep "$pause"
    done
    return 1
}

main() {
    install_units || give_up "The units could not be installed."
    install_config || give_up "/etc/curfew/agent.toml could not be written."
    choose_agent
    fetch || give_up "The agent could not be fetched: neither by its URL nor by the machine's own role."
    found=$(sha256sum "$new" | cut -d ' ' -f 1)
    [ "$found" = "$sha256" ] || give_up "The agent is not the one that was sent for: SHA-256 $found, not $sha256."
    { chmod 755 "$new" && mv "$new" "$agent"; } || give_up "$agent could not be put in its place."
    # Not waited for: an agent that fails is tried again by its unit, which powers the machine off when it gives up.
    bounded systemctl --no-block restart curfew-agent.service || give_up "The agent could not be started."
    guarded=yes
    say "The agent is installed and guards this machine."
}

main
