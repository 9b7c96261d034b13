/** The look of every page. The hatched band is there so that a picture of a page, too, is known for a sandbox's. */
export const pageStyle = `
*, ::before, ::after { box-sizing: border-box }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; color: #1f2430; background: #f5f6f8 }
header { background: #ffe7a3; padding: .75rem 1rem; border-bottom: .5rem solid; border-image: repeating-linear-gradient(135deg, #1f2430 0 .75rem, #f5b800 .75rem 1.5rem) 8 }
header p { max-width: 44rem; margin: 0 auto }
header strong { background: #1f2430; color: #ffe7a3; padding: .125rem .5rem; margin-right: .5rem; border-radius: .25rem; letter-spacing: .08em; text-transform: uppercase }
main { max-width: 44rem; margin: 1.5rem auto; padding: 1rem 1.5rem 1.5rem; background: #fff; border: 1px solid #d8dce3; border-radius: .5rem }
h1 { font-size: 1.75rem; line-height: 1.2; margin: .5rem 0 1rem }
h2 { font-size: 1.25rem; margin: 2rem 0 .5rem }
a { color: #1743b3 }
:focus-visible { outline: 3px solid #1743b3; outline-offset: 2px }
label { display: block; font-weight: 600 }
.field { margin: 0 0 1rem }
.hint { margin: 0; color: #505a6b; font-size: .9375rem }
.field .hint { margin-bottom: .25rem }
.error { margin: .25rem 0 0; color: #b3261e; font-weight: 600 }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem }
input, select, button { font: inherit; padding: .625rem .75rem; border: 1px solid #6b7587; border-radius: .25rem }
input, select { width: 100%; background: #fff; color: inherit }
input[type=radio] { width: auto; margin: 0 .25rem 0 0 }
fieldset { border: 1px solid #d8dce3; border-radius: .25rem; padding: .5rem 1rem }
fieldset label { padding: .25rem 0; font-weight: 400 }
legend { font-weight: 600; padding: 0 .25rem }
ol.links { list-style: none; margin: 0 0 1.5rem; padding: 0 }
input[aria-invalid=true] { border: 2px solid #b3261e }
button { background: #1743b3; color: #fff; border-color: #1743b3; cursor: pointer; font-weight: 600 }
button:hover { background: #0f2f80 }
button.quiet { background: #fff; color: #1f2430; border-color: #6b7587; font-weight: 400 }
button.quiet:hover { background: #eef1f6 }
ul { list-style: none; margin: 0; padding: 0 }
h3 { font-size: 1rem; margin: 1.25rem 0 .25rem }
.choices li { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: center; padding: .375rem 0; border-bottom: 1px solid #e4e7ec }
.choices button { flex: 0 0 auto; min-width: 13rem; font-variant-numeric: tabular-nums }
.choices span { flex: 1 1 16rem }
.actions { display: flex; flex-wrap: wrap; gap: .75rem 1rem; align-items: center; margin: 1.5rem 0 0 }
.accounts li { padding: .5rem 0; border-bottom: 1px solid #e4e7ec; overflow-wrap: anywhere }
.links { display: flex; flex-wrap: wrap; gap: .25rem 1rem }
.links a { padding: .25rem 0 }
form { margin: 1.5rem 0 0 }
table { border-collapse: collapse; width: 100% }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid #e4e7ec; vertical-align: top; font-weight: 400 }
thead th, tfoot th, tfoot td { font-weight: 600 }
.amount { text-align: right; white-space: nowrap; padding-right: 0; font-variant-numeric: tabular-nums }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0 }
dt { font-weight: 600 }
dd { margin: 0; overflow-wrap: anywhere }
code { overflow-wrap: anywhere }
[role=alert] { background: #fdecea; border: 2px solid #b3261e; padding: .75rem 1rem; margin: 0 0 1rem; border-radius: .25rem }
[role=alert] a { color: #b3261e; font-weight: 600 }
@media (max-width: 30rem) {
  main { margin: 0; padding: 1rem; border-width: 0 0 1px; border-radius: 0 }
  .actions button { width: 100% }
}
`;
