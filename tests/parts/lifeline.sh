#!/bin/sh
# Leads the process group of a session. Its standard input closes when the test that owns the session is
# gone; then it ends what the session ran and removes its folder.
# $1: the folder of the session; $2: HOME of its programs, by which those that left the group are found.

end() {
    for environment in $(grep -lszFx -- "HOME=$2" /proc/[0-9]*/environ); do
        process=${environment#/proc/}
        kill "-$1" "${process%/environ}"
    done
}

trap '' TERM
read -r _
kill -TERM 0
end TERM "$2"
sleep 1
end KILL "$2"
rm -rf -- "$1"
kill -KILL 0
