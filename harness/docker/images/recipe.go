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

// Labels are those of every image that is made here.
func Labels() map[string]string { return map[string]string{label: labelValue} }

// Base is the system that server images are built on: Debian with a shell. A
// topology may name it too, for nodes with programs of their own.
const Base = "maildrill/base:" + bookworm

// Releases of Debian: that of all images, and the one after it, which a kind is
// made of where it is asked for as "postfix:trixie".
const bookworm, trixie = "bookworm", "trixie"

// recipe is how the image of a kind is made.
type recipe struct {
	kind, release string
	packages      []string
}

// recipeOf reads the name of a kind, which may end with a release.
func recipeOf(name string) (recipe, bool) {
	kind, release, given := strings.Cut(name, ":")
	if !given {
		release = bookworm
	}
	names, ok := packages[kind]
	return recipe{kind, release, names}, ok && (release == bookworm || release == trixie)
}

func base(release string) string     { return "maildrill/base:" + release }
func upstream(release string) string { return "debian:" + release + "-slim" }

// packages of each kind of server, as Debian 12 names them. Without
// libsasl2-modules Postfix cannot log in at a smart host (SASL_README), and with
// ldapsearch(1) it can keep a copy of its directory. A store
// has the client of a back-up, restic(1), and a server of back-ups what keeps them,
// rclone(1).
var packages = map[string][]string{
	"postfix":         {"postfix", "postfix-ldap", "ldap-utils", "libsasl2-modules"},
	"backup":          {"rclone"},
	"dovecot":         {"dovecot-imapd", "dovecot-lmtpd", "dovecot-pop3d", "restic"},
	"postfix+dovecot": {"postfix", "postfix-ldap", "libsasl2-modules", "dovecot-imapd", "dovecot-lmtpd", "dovecot-pop3d"},
	"chasquid":        {"chasquid"},
	"cyrus":           {"cyrus-imapd", "cyrus-pop3d", "sasl2-bin"},
	"haproxy":         {"haproxy"},
	"directory":       {"slapd"},
	"filter":          {"opendkim"},
	"exim":            {"exim4-daemon-light"},
	"opensmtpd":       {"opensmtpd"},
	"rspamd":          {"rspamd"},
	"monitor":         {"prometheus", "prometheus-alertmanager", "prometheus-blackbox-exporter"},
	// A Postfix that is watched from within: its queue and its disks.
	"postfix+exporters": {"postfix", "postfix-ldap", "libsasl2-modules", "prometheus-postfix-exporter", "prometheus-node-exporter"},
	"xfs":               {"xfsprogs"}, // no server: it makes file systems
}

// Kinds lists the kinds of servers that there are images for, sorted.
func Kinds() []string { return slices.Sorted(maps.Keys(packages)) }

// quiet keeps a package's installation from asking questions and from starting
// what it has installed. Postfix gets no configuration: each node brings its own.
const quiet = `printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d && chmod 755 /usr/sbin/policy-rc.d && ` +
	`echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections`

// dockerfile is the recipe as the engine reads it.
func (r recipe) dockerfile() string {
	return fmt.Sprintf(`FROM %s
LABEL %s=%s
RUN %s
RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends %s && rm -rf /var/lib/apt/lists/*
`, base(r.release), label, labelValue, quiet, strings.Join(r.packages, " "))
}

// ref names the image of a recipe. Names of images have no "+".
func (r recipe) ref() string {
	sum := sha256.Sum256([]byte(r.dockerfile()))
	return "maildrill/" + strings.ReplaceAll(r.kind, "+", "-") + ":" + hex.EncodeToString(sum[:6])
}

// Ref names the image of a kind of server, built or not. ok is false if there
// is no such kind.
func Ref(kind string) (ref string, ok bool) {
	r, ok := recipeOf(kind)
	if !ok {
		return "", false
	}
	return r.ref(), true
}

// Key is a digest of the recipes of all kinds. It changes with any of them.
func Key() string {
	sum := sha256.New()
	for _, kind := range Kinds() {
		ref, _ := Ref(kind)
		fmt.Fprintln(sum, ref)
	}
	return hex.EncodeToString(sum.Sum(nil)[:12])
}
