#!/bin/sh
# The menu program of the notification daemon: it is given one line for every action of every
# notification on the screen, each ending in "[ID,KEY]", and prints the chosen one. The test that
# chooses wrote that ending down.
exec grep -F -m 1 -- "$(cat '@CHOICE@')"
