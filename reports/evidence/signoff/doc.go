// Package signoff is what people put their own SSH key to: a sheet that names the
// run, its manifest, the role in which they sign, who they are and when.
//
//	signoff/reviewer-1f9c03d2.json      the sheet
//	signoff/reviewer-1f9c03d2.json.sig  the signature of its bytes (SSHSIG)
//
// Not the manifest itself is signed but the sheet, which holds its SHA-256: so the
// role and the time cannot be changed either. [Sign] writes signatures and [Verify]
// reads them in the form of OpenSSH (PROTOCOL.sshsig) in the name space
// [Namespace]; `ssh-keygen -Y verify` takes them. [ReadAllowed] reads the list of
// those whose signatures count (ssh-keygen(1), ALLOWED SIGNERS).
package signoff
