// Package compose makes a topology of a Compose project: each service becomes a node
// of its own image, in a network that leads nowhere. Nothing of a project that runs is
// touched, and nothing of it is used but images: volumes are new, ports are not
// published, secrets are stand-ins. What cannot be as in the file is told, with what
// it means for a verdict.
//
// The file is read by compose-go, which is what `docker compose` reads it with.
package compose
