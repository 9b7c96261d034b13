/** Beside the style of every page: a menu, tables that are wider than the page, and things to be copied. */
export const dashboardStyle = `
.skip { position: absolute; left: -100rem; background: #fff; padding: .5rem 1rem }
.skip:focus { left: .5rem; top: .5rem; z-index: 1 }
nav { background: #1f2430; padding: .5rem 1rem }
nav ul { display: flex; flex-wrap: wrap; gap: .125rem .25rem; max-width: 72rem; margin: 0 auto; align-items: center }
nav a { display: block; color: #fff; padding: .375rem .625rem; border-radius: .25rem; text-decoration: none }
nav a:hover { text-decoration: underline }
nav a[aria-current] { background: #ffe7a3; color: #1f2430; font-weight: 600 }
nav :focus-visible { outline-color: #ffe7a3 }
nav .group { color: #c3c9d4; font-size: .875rem; width: 5.5rem }
header p { max-width: 72rem }
main { max-width: 72rem }
@media (min-width: 30.01rem) { main { margin-inline: max(1rem, calc((100% - 72rem) / 2)) } nav ul { position: relative; padding-left: 5.75rem } nav .group { position: absolute; left: 0; top: .5rem } }
.place { margin: -.5rem 0 1rem; color: #505a6b; font-size: .9375rem; overflow-wrap: anywhere }
.wide { overflow-x: auto; margin: 0 0 1rem }
.wide table { min-width: 34rem }
td, tbody th { overflow-wrap: anywhere; min-width: 6rem }
form { margin: 0 }
form.stacked { margin: 0 0 1.5rem }
form.stacked > div.field { max-width: 34rem }
form.stacked .actions { margin-top: .5rem }
form.inline { display: inline-block; margin: 0 .25rem .25rem 0 }
form.inline button { padding: .25rem .625rem; font-size: .9375rem }
.copied { user-select: all; background: #eef1f6; padding: .125rem .375rem; border-radius: .25rem; font-size: .875rem }
pre { background: #f5f6f8; border: 1px solid #d8dce3; border-radius: .25rem; padding: .75rem; overflow-x: auto; font-size: .875rem; line-height: 1.45; max-height: 40rem }
details { margin: .25rem 0 }
dd details { margin: 0 }
dd summary { padding: 0 }
summary { cursor: pointer; color: #1743b3; padding: .25rem 0 }
summary:hover { text-decoration: underline }
button.danger { background: #fff; color: #b3261e; border-color: #b3261e }
button.danger:hover { background: #fdecea }
.none { color: #505a6b }
.tick { font-weight: 400; padding: .125rem 0 }
.tick input, .ticks input { width: auto; margin: 0 .375rem 0 0 }
.ticks { display: grid; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); gap: 0 1rem; overflow-wrap: anywhere }
.rights { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1rem }
.rights label { font-size: .9375rem; padding: 0 }
.rights select { padding: .25rem .5rem }
[role=status] { background: #e6f4ea; border: 2px solid #1e7d3c; padding: .5rem 1rem; margin: 0 0 1rem; border-radius: .25rem }
.state { display: inline-block; padding: 0 .5rem; border: 1px solid #6b7587; border-radius: 1rem; font-size: .875rem; white-space: nowrap }
.state.bad { border-color: #b3261e; color: #b3261e }
@media (max-width: 30rem) {
  nav { padding: .5rem }
  dl { grid-template-columns: 1fr }
  dd { margin-bottom: .5rem }
  nav .group { width: 100%; padding: .25rem .625rem 0 }
  nav a { padding: .25rem .625rem }
  .wide { overflow-x: visible }
  .wide table { min-width: 0 }
  .wide thead { position: absolute; left: -100rem }
  .wide table, .wide tbody, .wide tr, .wide th, .wide td { display: block }
  .wide tr { border-bottom: 2px solid #d8dce3; padding: .5rem 0 }
  .wide tbody th { font-weight: 600 }
  .wide td, .wide tbody th { border: 0; padding: .125rem 0 }
  .wide td:empty { display: none }
  .wide td { padding-left: 6.5rem; text-indent: -6.5rem }
  .wide td::before, .wide td > * { text-indent: 0 }
  .wide td::before { content: attr(data-name); display: inline-block; min-width: 6.5rem; color: #505a6b; font-size: .875rem }
}
`;
