"""Who supplies whom with what, says who: features, frames, roles, status."""
