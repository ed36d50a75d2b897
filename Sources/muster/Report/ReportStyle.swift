/// How the report looks: light or dark as the reader has it, and readable at any width.
///
/// Every colour of text and of marks stands out from its ground by 4.5 to 1 at least.
enum ReportStyle {
    static let css: StaticString = """
        :root{--ink:#1b1f24;--soft:#57606a;--page:#fff;--box:#f6f8fa;--rule:#d0d7de;--line:#0b5cad;
        --came:#0b5cad;--went:#a84300;--good:#1a7f37;--warn:#8a6100;--bad:#b42318}
        @media (prefers-color-scheme:dark){:root{--ink:#e6e9ed;--soft:#a3adb8;--page:#0f1419;
        --box:#171d24;--rule:#38424d;--line:#6cb2ff;--came:#6cb2ff;--went:#ffab5e;--good:#63c77b;
        --warn:#f0c14b;--bad:#ff8a80}}
        *{box-sizing:border-box}
        html{color-scheme:light dark;-webkit-text-size-adjust:100%}
        body{margin:0 auto;max-width:60rem;padding:1rem;background:var(--page);color:var(--ink);
        font:1rem/1.5 system-ui,sans-serif}
        h1{font-size:1.6rem;line-height:1.2;margin:.5rem 0;overflow-wrap:anywhere}
        h2{font-size:1.15rem;margin:0 0 .25rem}
        p{margin:.25rem 0 .75rem}
        header p,footer,dt{color:var(--soft)}
        section{background:var(--box);border:1px solid var(--rule);border-radius:.5rem;
        padding:1rem;margin:1rem 0}
        dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(13rem,1fr));gap:.75rem 1.5rem;
        margin:0}
        dt{font-size:.875rem}
        dd{margin:0;overflow-wrap:anywhere}
        dd.large{font-size:1.75rem;line-height:1.2;font-variant-numeric:tabular-nums}
        ul{margin:.25rem 0;padding-left:1.25rem}
        ul.legend{list-style:none;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem}
        .attention{border-color:var(--bad);border-width:2px}
        .attention p{margin:0 0 .5rem;color:var(--soft)}
        .sign{display:inline-block;width:1.4em}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg text{fill:var(--soft);font-size:14px;paint-order:stroke;stroke:var(--box);
        stroke-width:5px;stroke-linejoin:round}
        .grid{stroke:var(--rule)}
        .axis{stroke:var(--soft)}
        .line{fill:none;stroke:var(--line);stroke-width:2.5;stroke-linejoin:round}
        .area{fill:var(--line);opacity:.14}
        .dot{fill:var(--line)}
        rect.came{fill:var(--came)}
        rect.went{fill:var(--went)}
        .sign.came{color:var(--came)}
        .sign.went{color:var(--went)}
        .mark.succeeded{fill:var(--good)}
        .mark.failed{fill:none;stroke:var(--bad);stroke-width:3}
        .mark.held{fill:var(--warn)}
        .mark.skipped{fill:var(--soft)}
        .mark.running{fill:none;stroke:var(--line);stroke-width:2.5}
        .sign.succeeded{color:var(--good)}
        .sign.failed{color:var(--bad)}
        .sign.held{color:var(--warn)}
        .sign.skipped{color:var(--soft)}
        .sign.running{color:var(--line)}
        .track{fill:var(--rule)}
        .clock.fine{fill:var(--good)}
        .clock.warn{fill:var(--warn)}
        .clock.bad{fill:var(--bad)}
        .clock.unknown{fill:none}
        summary{cursor:pointer;padding:.5rem 0;color:var(--line)}
        .scroll{overflow-x:auto;max-height:26rem;overflow-y:auto}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums;min-width:50%}
        caption{text-align:left;color:var(--soft);padding-bottom:.5rem}
        th,td{padding:.3rem 1rem .3rem 0;border-bottom:1px solid var(--rule);vertical-align:top}
        th{font-weight:600}
        tbody th{font-weight:400;white-space:nowrap}
        td{white-space:nowrap}
        .number{text-align:right}
        .words{text-align:left}
        td.words:last-child{white-space:normal;min-width:16rem}
        footer{font-size:.875rem;margin:1.5rem 0}
        :focus-visible{outline:3px solid var(--line);outline-offset:2px}
        @media (max-width:40rem){svg text{font-size:25px}.mark{stroke-width:2}
        section{padding:.75rem;margin:.75rem 0}body{padding:.75rem}}
        @media print{section{break-inside:avoid}}
        """
}
