package compose

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/types"

	"maildrill/harness/intake"
	"maildrill/scenarios"
)

// written writes files of a project, and gives the path of its Compose file.
func written(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(root, "compose.yaml")
}

func translated(t *testing.T, o Options, files map[string]string) intake.Result {
	t.Helper()
	r, err := Translate(context.Background(), written(t, files), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func node(t *testing.T, r intake.Result, name string) scenarios.Node {
	t.Helper()
	for _, n := range r.Topology.Nodes {
		if n.Name == name {
			return n
		}
	}
	t.Fatalf("there is no node %s", name)
	return scenarios.Node{}
}

// said tells whether a change of a node has a text in it.
func said(r intake.Result, node, text string) bool {
	return slices.ContainsFunc(r.Changes, func(c intake.Change) bool {
		return c.Node == node && strings.Contains(c.What+" "+c.Now+" "+c.Means, text)
	})
}

// own is a project of nobody's: images that nothing is known of, and labels that say
// what they do.
var own = map[string]string{
	"compose.yaml": `
services:
  Door_1:
    image: registry.example.com:5000/ours/haproxy:2@sha256:0123456789012345678901234567890123456789012345678901234567890123
    hostname: mx.example.com
    ports: ["25:25", "143:143"]
    restart: unless-stopped
  in:
    image: ours/receiver:1
    env_file: in.env
    environment:
      HANDOVER_LMTP: "keep:2424"
      DB_PASSWORD: &pw "v3ry-secret"
      DB_PASSWORD_FILE: /run/secrets/db
      NOTHING:
    labels: {maildrill.role: "mx, submission", maildrill.site: a, maildrill.queue: /q, maildrill.smtp: "2525"}
    command: [serve, --password, v3ry-secret]
    volumes:
      - queue:/q
      - ./conf:/etc/ours
      - ./state:/var/lib/ours
      - tls:/tls
      - /etc/localtime:/etc/localtime:ro
      - {type: tmpfs, target: /run}
    secrets: [db]
    cap_add: [NET_ADMIN, SYS_ADMIN]
    privileged: true
    networks: {default: {aliases: [mail-in, "not a name"]}}
  keep:
    build: {context: ./keep, args: {WHO: me}}
    labels: {maildrill.role: store, maildrill.store: /boxes, maildrill.accounts: "make-accounts"}
    volumes: [tls:/tls]
    scale: 2
  guard:
    image: autoheal
    volumes: ["/var/run/docker.sock:/var/run/docker.sock"]
  host:
    image: netfilter
    network_mode: host
  web:
    image: web
    profiles: [web]
secrets:
  db: {file: ./db.txt}
volumes: {queue: {}, tls: {}}
`,
	"in.env":            "TOKEN=t0ken-of-ours\nPLACE=v3ry-secret.example.com\n",
	"conf/a.conf":       "user joe\npassword v3ry-secret\nhost=v3ry-secret.example.com\n",
	"conf/tls/full.pem": "-----BEGIN CERTIFICATE-----\n",
	"conf/tls/key.pem":  "-----BEGIN PRIVATE KEY-----\n",
	"conf/dkim/a.key":   "-----BEGIN PRIVATE KEY-----\n",
	"conf/data.bin":     "a\x00b",
	"state/mailbox":     "mail of somebody",
	"db.txt":            "v3ry-secret\n",
	"keep/Dockerfile":   "FROM scratch\n",
}

func TestTranslate(t *testing.T) {
	r := translated(t, Options{Name: "ours"}, own)
	door, in, keep := node(t, r, "door-1"), node(t, r, "in"), node(t, r, "keep")
	topo := r.Topology
	for what, ok := range map[string]bool{
		"domain":                    topo.Domain == "example.com" && topo.RealDomains,
		"a proxy":                   slices.Equal(door.Roles, []string{"balancer"}) && door.Host == "mx.example.com" && door.Supervised && topo.Access.IMAP == "door-1",
		"roles of labels":           slices.Equal(in.Roles, []string{"mx", "submission"}) && in.Site == "a" && in.QueuePath == "/q" && in.Services["smtp"] == 2525,
		"where mail goes":           in.Mail.DeliverTo == "keep" && keep.Services["lmtp"] == 2424 && slices.Equal(in.Mail.Domains, []string{"example.com"}),
		"MX leads to the proxy":     topo.Zones["example.com"][len(topo.Zones["example.com"])-1].Value == "10 mx.example.com.",
		"services' names":           topo.Zones["keep"][0].Node == "keep" && topo.Zones["mail-in"][0].Node == "in",
		"a build":                   keep.Image == "" && filepath.IsAbs(keep.Build.Context) && keep.Build.Args["WHO"] == "me" && keep.Accounts == "make-accounts" && keep.StorePath == "/boxes",
		"capabilities":              slices.Equal(in.Container.CapAdd, []string{"NET_ADMIN"}) && said(r, "in", "out of the drill") && said(r, "in", "never is"),
		"a file in memory":          slices.Equal(in.Container.Tmpfs, []string{"/run"}),
		"certificates":              slices.Equal(in.Certificates, []string{"/etc/ours/tls/full.pem", "/etc/ours/tls/key.pem"}),
		"no key for signatures":     said(r, "in", "mail is not signed"),
		"no binary file":            in.Files["/etc/ours/data.bin"] == "" && said(r, "in", "it is no text"),
		"state begins empty":        in.Files["/var/lib/ours/mailbox"] == "",
		"left out: the engine":      said(r, "guard", "it commands the container engine"),
		"left out: the host":        said(r, "host", "the network of the host"),
		"left out: a profile":       said(r, "web", "--profile"),
		"one of two":                said(r, "keep", "one container stands for all"),
		"a name that is none":       said(r, "in", "it is no host name"),
		"ports are not published":   said(r, "door-1", "not published"),
		"only what is set":          !slices.Contains(sortedKeys(in.Env), "NOTHING"),
		"a path is no secret":       in.Env["DB_PASSWORD_FILE"] == "/run/secrets/db",
		"links":                     len(topo.Links) == 3,
		"part of a name is no word": in.Env["PLACE"] == "v3ry-secret.example.com",
	} {
		if !ok {
			t.Errorf("%s: not as expected", what)
		}
	}
	volumes := map[string]scenarios.Volume{}
	for _, v := range in.Volumes {
		volumes[v.Path] = v
	}
	if len(in.Volumes) != 4 || !volumes["/tls"].Shared || volumes["/q"].Shared || volumes["/etc/ours"].Name != "etc-ours" {
		t.Errorf("volumes %+v", in.Volumes)
	}
	if t.Failed() {
		text, _ := scenarios.MarshalTopology(&topo)
		t.Logf("%s\n%v", text, r.Changes)
	}
}

// TestNoSecretIsCopied: a secret has one stand-in, wherever it stands as a word.
func TestNoSecretIsCopied(t *testing.T) {
	r := translated(t, Options{Name: "ours"}, own)
	text, err := scenarios.MarshalTopology(&r.Topology)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"v3ry-secret\n", "v3ry-secret\"", "t0ken", "PRIVATE KEY", "mail of somebody"} {
		if strings.Contains(string(text), secret) {
			t.Errorf("%q was copied:\n%s", secret, text)
		}
	}
	in := node(t, r, "in")
	standIn := in.Env["DB_PASSWORD"]
	if len(standIn) != len("v3ry-secret") || in.Files["/run/secrets/db"] != standIn+"\n" || in.Command[2] != standIn || !strings.Contains(in.Files["/etc/ours/a.conf"], "password "+standIn+"\n") {
		t.Errorf("stand-in %q, files %q, command %q", standIn, in.Files, in.Command)
	}
	if _, problems := scenarios.Parse("ours.yaml", text); len(problems) > 0 {
		t.Errorf("the topology is not valid: %v\n%s", problems, text)
	}
}

func TestProfilesAndWhatIsTold(t *testing.T) {
	files := map[string]string{"compose.yaml": "services:\n  a: {image: ours/a, hostname: a.example.org}\n  b: {image: ours/b, profiles: [extra]}\n"}
	r := translated(t, Options{Name: "x", Profiles: []string{"extra"}, Roles: map[string][]string{"a": {"mx"}, "b": {"store"}}, Accounts: map[string]string{"b": "true"}, Domain: "example.net"}, files)
	if len(r.Topology.Nodes) != 2 || node(t, r, "b").Accounts != "true" || r.Topology.Domain != "example.net" {
		t.Errorf("%+v", r.Topology)
	}
}

// TestVolumesBeginWithACopy of what the engine, or the host, calls so.
func TestVolumesBeginWithACopy(t *testing.T) {
	files := map[string]string{"compose.yaml": "name: ours\nservices:\n  a:\n    image: docker-mailserver\n    hostname: a.example.org\n    volumes: [\"named:/var/mail\", \"./state:/var/mail-state\", \"./gone:/var/log\", \"given:/var/cache\"]\nvolumes: {named: {}, given: {name: theirs}}\n", "state/queue": "mail"}
	for _, clone := range []bool{false, true} {
		r := translated(t, Options{Name: "x", CloneVolumes: clone}, files)
		var from []string
		for _, v := range node(t, r, "a").Volumes {
			from = append(from, filepath.Base(v.From))
		}
		want := []string{".", ".", ".", "."}
		if clone {
			want = []string{"ours_named", "state", ".", "theirs"}
		}
		if !slices.Equal(from, want) || !said(r, "volumes", map[bool]string{true: "a copy", false: "begin empty"}[clone]) {
			t.Errorf("clone %v: from %q, want %q", clone, from, want)
		}
	}
}

func TestKnownImages(t *testing.T) {
	for ref, want := range map[string]string{
		"ghcr.io/docker-mailserver/docker-mailserver:15": "mx submission store", "mailserver/docker-mailserver": "mx submission store",
		"ghcr.io/mailu/nginx:2024.06": "balancer", "ghcr.io/mailu/postfix:2024.06": "mx", "ghcr.io/mailu/dovecot:2024.06": "store",
		"ghcr.io/mailcow/postfix:1.81": "mx submission", "boky/postfix": "mx", "redis:alpine": "other", "mariadb:10.11": "other", "someone/postfixadmin": "",
	} {
		k := kindOf(types.ServiceConfig{Name: "x", ContainerSpec: types.ContainerSpec{Image: ref}})
		if got := strings.Join(k.roles, " "); got != want {
			t.Errorf("%s: roles %q, want %q", ref, got, want)
		}
	}
}

// TestWhatCannotBeRead: each error says what to do.
func TestWhatCannotBeRead(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		o    Options
		want string
	}{
		"no YAML":        {file: "services: [", want: "compose.yaml"},
		"no service":     {file: "services:\n  a: {image: x, colour: red}\n", want: "colour"},
		"no MX":          {file: "services:\n  a: {image: x}\n", want: "--role SERVICE=mx; its services are a"},
		"no store":       {file: "services:\n  a: {image: boky/postfix}\n", want: "--role SERVICE=store"},
		"no domain":      {file: "services:\n  a: {image: docker-mailserver}\n", want: "--domain"},
		"no such one":    {file: "services:\n  a: {image: docker-mailserver}\n", o: Options{Roles: map[string][]string{"b": {"mx"}}}, want: `no service "b"; it has a`},
		"no such role":   {file: "services:\n  a: {image: docker-mailserver, labels: {maildrill.role: postman}}\n", want: `cannot be "postman": it is any of mx`},
		"an unset value": {file: "services:\n  a: {image: \"${IMAGE?say which}\"}\n", want: "say which"},
	} {
		_, err := Translate(context.Background(), written(t, map[string]string{"compose.yaml": c.file}), c.o)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want one with %q", name, err, c.want)
		}
	}
	if _, err := Translate(context.Background(), filepath.Join(t.TempDir(), "gone.yaml"), Options{}); err == nil {
		t.Error("a file that is not there was read")
	}
	r := translated(t, Options{Name: "x"}, map[string]string{"compose.yaml": "services:\n  a: {image: docker-mailserver, hostname: \"mail.example.com\", environment: {A: \"${UNSET_OF_OURS}\"}}\n"})
	if len(r.Mistakes) != 1 || !strings.Contains(r.Mistakes[0].Error(), "UNSET_OF_OURS") {
		t.Errorf("mistakes %v", r.Mistakes)
	}
}
