// Package holder tells who has a device that is busy: another source of this
// process, by the name that it gave, or another program, by its name and number
// as far as the kernel shows them to this user.
package holder
