package faults

import "slices"

// Catalogue lists every kind of fault, family by family.
var Catalogue = slices.Concat(nodeKinds, resourceKinds, networkKinds, dnsKinds, streamKinds, smtpKinds, mailboxKinds, dependencyKinds,
	storageKinds, loadKinds, trustKinds)
