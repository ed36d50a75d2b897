/// A picture of the report, what it shows in a sentence, and its figures as a table.
struct Picture {
    /// The names of the page's places begin with it.
    let id: String
    let title: String
    /// What one sees, for those who see it and for those who do not.
    let sentence: String
    let height: Double
    /// Marks and what they mean, where there are several kinds: class, sign and words.
    let legend: [(kind: String, sign: String, words: String)]
    let figures: Figures
    let draw: (inout Markup) -> Void

    init(
        id: String, title: String, sentence: String, height: Double = Plot.height,
        legend: [(kind: String, sign: String, words: String)] = [], figures: Figures,
        draw: @escaping (inout Markup) -> Void
    ) {
        self.id = id
        self.title = title
        self.sentence = sentence
        self.height = height
        self.legend = legend
        self.figures = figures
        self.draw = draw
    }

    /// Adds it to the page as a section of its own.
    func add(to page: inout Markup) {
        page.add("section", ["aria-labelledby": id]) { section in
            section.add("h2", ["id": id], title)
            section.add("p", sentence)
            if !legend.isEmpty { addLegend(to: &section) }
            section.add(
                "svg",
                [
                    "viewBox": "0 0 \(Plot.width.svg) \(height.svg)", "role": "img",
                    "aria-labelledby": "\(id)-title \(id)-desc",
                ]
            ) { svg in
                svg.add("title", ["id": "\(id)-title"], title)
                svg.add(
                    "desc", ["id": "\(id)-desc"], "\(sentence) The table below has the figures.")
                draw(&svg)
            }
            figures.add(to: &section, id: id)
        }
    }

    private func addLegend(to section: inout Markup) {
        section.add("ul", ["class": "legend"]) { list in
            for (kind, sign, words) in legend {
                list.add("li") { item in
                    item.add("span", ["class": "sign \(kind)", "aria-hidden": "true"], sign)
                    item.add(words: words)
                }
            }
        }
    }
}

/// The figures of a picture.
struct Figures {
    let caption: String
    /// Titles, and whether a column holds numbers.
    let columns: [(title: String, isNumber: Bool)]
    /// The first cell names the row.
    let rows: [[String]]

    func add(to section: inout Markup, id: String) {
        section.add("details") { details in
            details.add("summary", "The figures: \(rows.count.counted("row"))")
            let region: Markup.Attributes = [
                "class": "scroll", "role": "region", "tabindex": "0",
                "aria-labelledby": "\(id)-caption",
            ]
            details.add("div", region) { region in
                region.add("table") { table in
                    table.add("caption", ["id": "\(id)-caption"], caption)
                    table.add("thead") { head in addHead(to: &head) }
                    table.add("tbody") { body in
                        for row in rows { add(row, to: &body) }
                    }
                }
            }
        }
    }

    private func addHead(to head: inout Markup) {
        head.add("tr") { row in
            for column in columns {
                row.add(
                    "th", ["scope": "col", "class": column.isNumber ? "number" : "words"],
                    column.title)
            }
        }
    }

    private func add(_ cells: [String], to body: inout Markup) {
        body.add("tr") { row in
            for (cell, column) in zip(cells, columns) {
                let kind = column.isNumber ? "number" : "words"
                if column.title == columns.first?.title {
                    row.add("th", ["scope": "row", "class": kind], cell)
                } else {
                    row.add("td", ["class": kind], cell)
                }
            }
        }
    }
}
