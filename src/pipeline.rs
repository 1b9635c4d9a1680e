//! The only file that knows every room.
