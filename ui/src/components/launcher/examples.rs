//! The worked examples, to begin a profile from.

use domain::view::launcher::Card;
use yew::prelude::*;

#[derive(Properties, PartialEq)]
pub(crate) struct ExamplesProps {
    pub(crate) examples: Vec<Card>,
    pub(crate) onpick: Callback<String>,
}

#[component]
pub(crate) fn Examples(props: &ExamplesProps) -> Html {
    let example = |card: &Card| {
        let name = card.name.clone();
        let onclick = props.onpick.reform(move |_: MouseEvent| name.clone());
        html! {
            <li>
                <button class="example" data-example={card.name.clone()} {onclick}>
                    <strong>{ &card.name }</strong>
                    <span>{ card.plan().and_then(|plan| plan.about.clone()) }</span>
                </button>
            </li>
        }
    };
    html! { <ul class="examples">{ for props.examples.iter().map(example) }</ul> }
}
