package images

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Image is an image on the engine: its name, and its content by digest.
type Image struct{ Ref, ID string }

// label tells our images from all others.
const label, labelValue = "maildrill", "image"

// Base is the system that server images are built on: Debian with a shell. A
// topology may name it too, for nodes with programs of their own.
const Base = "maildrill/base:bookworm"

// packages of each kind of server, as Debian 12 names them.
var packages = map[string][]string{
	"postfix":         {"postfix"},
	"dovecot":         {"dovecot-imapd", "dovecot-lmtpd", "dovecot-pop3d"},
	"postfix+dovecot": {"postfix", "dovecot-imapd", "dovecot-lmtpd", "dovecot-pop3d"},
	"haproxy":         {"haproxy"},
}

// Kinds lists the kinds of servers that there are images for, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(packages)) }

// quiet keeps a package's installation from asking questions and from starting
// what it has installed. Postfix gets no configuration: each node brings its own.
const quiet = `printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && ` +
	`echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections`

// dockerfile is the recipe of a server image.
func dockerfile(names []string) string {
	return fmt.Sprintf(`FROM %s
LABEL %s=%s
RUN %s
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends %s && rm -rf /var/lib/apt/lists/*
`, Base, label, labelValue, quiet, strings.Join(names, " "))
}

// refOf names the image of a recipe. Names of images have no "+".
func refOf(kind, recipe string) string {
	sum := sha256.Sum256([]byte(recipe))
	return "maildrill/" + strings.ReplaceAll(kind, "+", "-") + ":" + hex.EncodeToString(sum[:6])
}

// Ref names the image of a kind of server, built or not. ok is false if there
// is no such kind.
func Ref(kind string) (ref string, ok bool) {
	names, ok := packages[kind]
	if !ok {
		return "", false
	}
	return refOf(kind, dockerfile(names)), true
}
