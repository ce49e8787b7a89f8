// Package control translates the controls of a V4L2 device into those of package media:
// their names, kinds, ranges and menus, and the automatic controls that set others.
package control
