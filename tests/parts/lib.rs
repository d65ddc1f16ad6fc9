//! The real parts: AWS stand-in, desktop session.
