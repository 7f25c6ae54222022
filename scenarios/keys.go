package scenarios

import (
	"reflect"
	"regexp"
	"strings"
	"time"
)

// fact is what the Go type of a key does not say. The loader, the writer and
// the JSON Schema all read the same facts.
type fact struct {
	doc      string
	required bool
	enum     []string          // valid values, or valid elements of a list
	refused  map[string]string // values that one might try, and why not
	names    []string          // valid keys of a map
	form     *form             // grammar of the text, or of the elements of a list
	keyForm  *form             // grammar of the keys of a map
	zero     bool              // a duration or size may be zero
	blank    bool              // "" may stand there: not said
	min, max int               // of a number; max 0: no number
}

// form is a grammar with its description in words.
type form struct {
	pattern *regexp.Regexp
	words   string
}

var (
	// A name becomes part of file names, container names and DNS labels.
	nameForm = &form{regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?$`), "lower-case letters, digits and hyphens, at most 48"}
	// A domain is one that is never delegated (RFC 2606, RFC 6761).
	domainForm = &form{regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*(test|example|invalid)$`), "a domain under .test, .example or .invalid"}
	// A zone may also hold the names of addresses (RFC 1035 3.5, RFC 3596 2.5).
	zoneForm = &form{regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*(test|example|invalid|in-addr\.arpa|ip6\.arpa)$`), "a domain under .test, .example or .invalid, or a reverse zone"}
	// Of a topology with `real_domains` these are what the two above are of others:
	// the drill's name server answers for them, and its networks lead nowhere else.
	realForm     = &form{regexp.MustCompile(`^([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?\.)*[a-z]([a-z0-9-]{0,61}[a-z0-9])?$`), "a domain such as example.org"}
	realZoneForm = &form{realForm.pattern, "a domain such as example.org, or a reverse zone"}

	pathForm    = &form{regexp.MustCompile(`^/[^\x00]*$`), "an absolute path"}
	serviceForm = &form{regexp.MustCompile(`^(smtp|submission|submissions|lmtp|imap|imaps|pop3|dns|http|ldap|milter|restic|prometheus|node-metrics|postfix-metrics|[1-9][0-9]{0,4})$`), "smtp, submission, submissions, lmtp, imap, imaps, pop3, dns, http, ldap, milter, restic, prometheus, node-metrics, postfix-metrics, or a port number"}
	dayForm     = &form{regexp.MustCompile(`^([0-9]{4}-[0-9]{2}-[0-9]{2})?$`), "a day such as 2026-03-01"}
	hourForm    = &form{regexp.MustCompile(`^([01][0-9]|2[0-3]):[0-5][0-9]$`), "a time of the day such as 03:00"}
	endHourForm = &form{regexp.MustCompile(`^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$`), "a time of the day such as 06:00 or 24:00"}
	// A moment with a zone is an instant, one without a time on the programme's clock.
	momentForm = &form{regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(Z|[+-][0-9]{2}:[0-9]{2})?)?$`), "a day such as 2027-12-18 or a time such as 2027-12-18T18:00"}
	// A parameter is written between two @ in a topology.
	parameterForm  = &form{regexp.MustCompile(`^[a-z][a-z0-9_-]{0,47}$`), "lower-case letters, digits, hyphens and underscores, at most 48"}
	accessForm     = &form{regexp.MustCompile(`^[a-z0-9_]([a-z0-9_.-]{0,252}[a-z0-9])?$`), "the name of a node or of a host"}
	capabilityForm = &form{regexp.MustCompile(`^[A-Z][A-Z_]{2,30}$`), "a capability such as NET_ADMIN, without CAP_"}
	// What a channel or a runbook depends on, and what an exercise takes away.
	dependencyForm = &form{regexp.MustCompile(`^((mail|dns|node):[A-Za-z0-9._-]+|[a-z][a-z0-9-]{0,47})$`), "mail:DOMAIN, dns:ZONE, node:NAME, or a word such as sso"}
	secretForm     = &form{regexp.MustCompile(`^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$`), "env:NAME or file:/PATH"}
	textForm       = &form{regexp.MustCompile(`\S`), "some text"}
)

var serviceNames = []string{"smtp", "submission", "submissions", "lmtp", "imap", "imaps", "pop3", "dns", "http", "ldap", "milter"}

// formIn is the grammar that holds in a document.
func (d *Document) formIn(f *form) *form {
	switch {
	case d.real && f == domainForm:
		return realForm
	case d.real && f == zoneForm:
		return realZoneForm
	}
	return f
}

// factOf finds the fact of a key of one of our structs.
func factOf(t reflect.Type, key string) fact {
	if t.PkgPath() != typeParams.PkgPath() {
		return fact{} // parameters of a fault have rules of their own
	}
	return keys[t.Name()][key]
}

// field is one key of a struct type.
type field struct {
	key   string
	index int
	typ   reflect.Type
	fact  fact
}

// fieldsOf lists the keys of a struct, in the order of its fields.
func fieldsOf(t reflect.Type) []field {
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if !f.IsExported() || key == "" || key == "-" {
			continue
		}
		list = append(list, field{key: key, index: i, typ: f.Type, fact: factOf(t, key)})
	}
	return list
}

func keysOf(fields []field) []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.key)
	}
	return names
}

// Types that are written in a way of their own.
var (
	typeDuration    = reflect.TypeFor[Duration]()
	typeSize        = reflect.TypeFor[Size]()
	typeRate        = reflect.TypeFor[Rate]()
	typeAmount      = reflect.TypeFor[Amount]()
	typeStringList  = reflect.TypeFor[StringList]()
	typeTopologyRef = reflect.TypeFor[TopologyRef]()
	typeNodes       = reflect.TypeFor[Nodes]()
	typeParams      = reflect.TypeFor[Params]()
	typeValue       = reflect.TypeFor[Value]()
	typeStdDuration = reflect.TypeFor[time.Duration]()
)
