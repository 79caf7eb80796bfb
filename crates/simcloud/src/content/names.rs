//! Names of people from many places, with the letters that addresses can have.

/// A given name and how it is written in an address.
pub const GIVEN: &[(&str, &str)] = &[
    ("Anna", "anna"),
    ("Bruno", "bruno"),
    ("Chloé", "chloe"),
    ("Dmitri", "dmitri"),
    ("Emre", "emre"),
    ("Fatima", "fatima"),
    ("Grzegorz", "grzegorz"),
    ("Hanako", "hanako"),
    ("Inés", "ines"),
    ("Jürgen", "juergen"),
    ("Kwame", "kwame"),
    ("Li Na", "lina"),
    ("Mónica", "monica"),
    ("Nguyệt", "nguyet"),
    ("Ólafur", "olafur"),
    ("Priya", "priya"),
    ("Quentin", "quentin"),
    ("Rūta", "ruta"),
    ("Søren", "soeren"),
    ("Tomáš", "tomas"),
    ("Uchenna", "uchenna"),
    ("Valentina", "valentina"),
    ("Wojciech", "wojciech"),
    ("Ximena", "ximena"),
    ("Yael", "yael"),
    ("Zoë", "zoe"),
    ("Adebayo", "adebayo"),
    ("Bjørk", "bjoerk"),
    ("Carmen", "carmen"),
    ("Dilnoza", "dilnoza"),
    ("Elif", "elif"),
    ("Fionnuala", "fionnuala"),
    ("Giulia", "giulia"),
    ("Hyun-woo", "hyunwoo"),
];

/// A family name and how it is written in an address.
pub const FAMILY: &[(&str, &str)] = &[
    ("Berg", "berg"),
    ("Silva", "silva"),
    ("Dupont", "dupont"),
    ("Ivanov", "ivanov"),
    ("Yılmaz", "yilmaz"),
    ("Al-Farsi", "alfarsi"),
    ("Brzęczyszczykiewicz", "brzeczyszczykiewicz"),
    ("Tanaka", "tanaka"),
    ("García Núñez", "garcianunez"),
    ("Müller-Lüdenscheidt", "mueller"),
    ("Mensah", "mensah"),
    ("Wang", "wang"),
    ("O'Connor", "oconnor"),
    ("Trần", "tran"),
    ("Jónsdóttir", "jonsdottir"),
    ("Sharma", "sharma"),
    ("Lefèvre", "lefevre"),
    ("Kazlauskienė", "kazlauskiene"),
    ("Kierkegård", "kierkegaard"),
    ("Dvořák", "dvorak"),
    ("Okafor", "okafor"),
    ("Rossi", "rossi"),
    ("Nowak", "nowak"),
    ("Hernández", "hernandez"),
    ("Cohen", "cohen"),
    ("van der Meer", "vandermeer"),
    ("Adeyemi", "adeyemi"),
    ("Guðmundsson", "gudmundsson"),
    ("Popescu", "popescu"),
    ("Karimova", "karimova"),
    ("Öztürk", "oeztuerk"),
    ("Ní Bhriain", "nibhriain"),
    ("Esposito", "esposito"),
    ("Kim", "kim"),
    ("Nakamura", "nakamura"),
    ("Smith", "smith"),
    ("Fernandes", "fernandes"),
];

/// The n-th person: display names and the address's local part, distinct for every n.
#[must_use]
pub fn person(n: u64) -> (&'static str, &'static str, String) {
    let given = GIVEN[(n % GIVEN.len() as u64) as usize];
    let family = FAMILY[((n + n / GIVEN.len() as u64 * 5) % FAMILY.len() as u64) as usize];
    let round = n / (GIVEN.len() as u64 * FAMILY.len() as u64);
    let suffix = if round == 0 { String::new() } else { (round + 1).to_string() };
    (given.0, family.0, format!("{}.{}{suffix}", given.1, family.1))
}
