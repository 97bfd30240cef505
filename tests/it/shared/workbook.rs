//! Small workbooks written from rows of text.

use std::io::Write as _;

use zip::write::SimpleFileOptions;

/// Sheets by name, each row's cells parted by `|`. A cell that starts with `'` is text, one that is
/// a number is a number, one that starts with `=` a formula without its value, a blank one is not
/// there. A sheet named `Hidden` is hidden.
pub(crate) type Sheets = Vec<(&'static str, Vec<String>)>;

/// The bytes of an .xlsx workbook.
pub(crate) fn xlsx(sheets: &Sheets) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let mut file = |name: &str, text: &str| {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    };
    let numbered = || (1..).zip(sheets);
    let list = |item: &dyn Fn(usize, &str) -> String| -> String {
        numbered().map(|(i, (name, _))| item(i, name)).collect()
    };
    let types = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    file(
        "[Content_Types].xml",
        &format!(
            "<Types xmlns=\"{package}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"{types}.sheet.main+xml\"/>{}</Types>",
            list(&|i, _| format!(
                "<Override PartName=\"/xl/worksheets/sheet{i}.xml\" ContentType=\"{types}.worksheet+xml\"/>"
            ))
        ),
    );
    file(
        "_rels/.rels",
        &format!(
            "<Relationships xmlns=\"{package}/relationships\"><Relationship Id=\"r1\" Type=\"{relations}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
        ),
    );
    file(
        "xl/workbook.xml",
        &format!(
            "<workbook xmlns=\"{main}\" xmlns:r=\"{relations}\"><sheets>{}</sheets></workbook>",
            list(&|i, name| {
                let state = if name == "Hidden" { " state=\"hidden\"" } else { "" };
                format!("<sheet name=\"{name}\" sheetId=\"{i}\"{state} r:id=\"r{i}\"/>")
            })
        ),
    );
    file(
        "xl/_rels/workbook.xml.rels",
        &format!(
            "<Relationships xmlns=\"{package}/relationships\">{}</Relationships>",
            list(&|i, _| format!(
                "<Relationship Id=\"r{i}\" Type=\"{relations}/worksheet\" Target=\"worksheets/sheet{i}.xml\"/>"
            ))
        ),
    );
    for (i, (_, rows)) in numbered() {
        let mut data = String::new();
        for (r, row) in (1..).zip(rows) {
            data += &format!("<row r=\"{r}\">");
            for (c, cell) in (b'A'..).zip(row.split('|')) {
                let at = format!("{}{r}", char::from(c));
                data += &match cell.strip_prefix('\'') {
                    None if cell.is_empty() => String::new(),
                    None if cell.parse::<f64>().is_ok() => {
                        format!("<c r=\"{at}\"><v>{cell}</v></c>")
                    }
                    None if cell.starts_with('=') => {
                        format!("<c r=\"{at}\"><f>{}</f></c>", &cell[1..])
                    }
                    None if cell.starts_with('#') => {
                        format!("<c r=\"{at}\" t=\"e\"><v>{cell}</v></c>")
                    }
                    text => format!(
                        "<c r=\"{at}\" t=\"inlineStr\"><is><t>{}</t></is></c>",
                        text.unwrap_or(cell)
                    ),
                };
            }
            data += "</row>";
        }
        let text = format!("<worksheet xmlns=\"{main}\"><sheetData>{data}</sheetData></worksheet>");
        file(&format!("xl/worksheets/sheet{i}.xml"), &text);
    }
    zip.finish().unwrap().into_inner()
}
