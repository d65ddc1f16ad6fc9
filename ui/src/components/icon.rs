//! Line icons, drawn on a grid of 16 in the colour of the text around them.

use yew::prelude::*;

/// What an icon shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    Alert,
    Bell,
    Check,
    Chevron,
    Close,
    Copy,
    Edit,
    External,
    Key,
    Moon,
    Play,
    Person,
    Plus,
    Refresh,
    Search,
}

impl Icon {
    fn path(self) -> &'static str {
        match self {
            Self::Alert => "M8 2.2 14.4 13.4H1.6ZM8 6.4v3.2M8 11.4v.2",
            Self::Bell => "M4 11V7a4 4 0 0 1 8 0v4l1.2 1.5H2.8ZM6.6 14h2.8",
            Self::Check => "m3 8.4 3.4 3.4L13 4.6",
            Self::Chevron => "M4 6.2 8 10l4-3.8",
            Self::Close => "m4 4 8 8M12 4l-8 8",
            Self::Copy => "M5.6 5.6V2.6h7.8v7.8h-3M2.6 5.6h7.8v7.8H2.6Z",
            Self::Edit => "M10.6 3.2 12.8 5.4 5.6 12.6 2.8 13.2 3.4 10.4ZM9 4.8 11.2 7",
            Self::External => "M9.4 2.6h4v4M13 3 7.6 8.4M11.4 9.4v4H2.6V4.6h4",
            Self::Key => "M5 5.2a2.8 2.8 0 1 0 0 5.6 2.8 2.8 0 0 0 0-5.6ZM7.8 8h6.4v2.4M11.6 8v1.8",
            Self::Moon => "M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z",
            Self::Play => "M5 3.2v9.6L12.6 8Z",
            Self::Person => "M8 8.2a2.8 2.8 0 1 0 0-5.6 2.8 2.8 0 0 0 0 5.6ZM2.8 13.6a5.2 5.2 0 0 1 10.4 0",
            Self::Plus => "M8 3v10M3 8h10",
            Self::Refresh => "M13.4 8A5.4 5.4 0 1 1 11.6 4M13.4 1.8v3.4H10",
            Self::Search => "M7 11.4a4.4 4.4 0 1 0 0-8.8 4.4 4.4 0 0 0 0 8.8ZM10.2 10.2l3.4 3.4",
        }
    }
}

/// The icon as a drawing that screen readers pass over: whatever it stands in has a name of its own.
pub(crate) fn icon(icon: Icon) -> Html {
    html! {
        <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false"><path d={icon.path()} /></svg>
    }
}
