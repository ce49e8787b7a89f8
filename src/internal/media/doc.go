// Package media defines images, sound, their formats, a device's controls, the limits of all
// these, and the errors of sources. It imports nothing of this module.
package media
