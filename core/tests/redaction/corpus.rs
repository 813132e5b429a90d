//! Generated secrets of twenty kinds inside of lines as programs write them. A seed makes it repeatable.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{RngCore, SeedableRng};

pub const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
pub const DIGITS: &str = "0123456789";
pub const HEX: &str = "0123456789abcdef";
pub const ALNUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A secret and a text around it.
#[derive(Debug)]
pub struct Planted {
    pub kind: &'static str,
    pub secret: String,
    pub text: String,
}

pub struct Source(Xoshiro256PlusPlus);

impl Source {
    pub fn new(seed: u64) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(seed))
    }

    pub fn below(&mut self, bound: usize) -> usize {
        (self.0.next_u64() % bound as u64) as usize
    }

    pub fn one<'t>(&mut self, of: &[&'t str]) -> &'t str {
        of[self.below(of.len())]
    }

    /// So many characters of an alphabet.
    pub fn some(&mut self, alphabet: &str, count: usize) -> String {
        let alphabet: Vec<char> = alphabet.chars().collect();
        (0..count).map(|_| alphabet[self.below(alphabet.len())]).collect()
    }

    /// A password as generators make them: some of every class, so that it is no word.
    fn password(&mut self) -> String {
        let length = 8 + self.below(16);
        let rest = self.some(&format!("{ALNUM}!#$%*+-._~^"), length);
        format!("{}{}{rest}", self.some(UPPER, 1), self.some(DIGITS, 1))
    }

    fn base64(&mut self, bytes: usize) -> String {
        self.some(&format!("{ALNUM}+/"), bytes * 4 / 3)
    }

    fn card(&mut self) -> String {
        let (prefix, length) = [("4", 16), ("51", 16), ("2221", 16), ("37", 15), ("6011", 16)][self.below(5)];
        let mut digits = format!("{prefix}{}", self.some(DIGITS, length - prefix.len() - 1));
        let check = ('0'..='9').find(|check| passes_luhn(&format!("{digits}{check}"))).unwrap();
        digits.push(check);
        digits
    }

    fn iban(&mut self) -> String {
        let (country, body) = [("DE", 18), ("AT", 16), ("ES", 20), ("CH", 17), ("PL", 24)][self.below(5)];
        let account = self.some(DIGITS, body);
        let number: String = format!("{account}{country}00")
            .chars()
            .map(
                |c| if c.is_ascii_digit() { c.to_string() } else { (c as u32 - 'A' as u32 + 10).to_string() },
            )
            .collect();
        let rest = number.bytes().fold(0_u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 97);
        format!("{country}{:02}{account}", 98 - rest)
    }

    /// A secret of the kind with this number, in a line.
    pub fn planted(&mut self, kind: usize) -> Planted {
        let (kind, secret, text) = match kind {
            0..=9 => self.token(kind),
            10..=15 => self.assigned(kind),
            _ => self.other(kind),
        };
        Planted { kind, text, secret }
    }

    fn token(&mut self, kind: usize) -> (&'static str, String, String) {
        let (kind, secret) = match kind {
            0 => ("github", format!("{}{}", self.one(&["ghp_", "gho_", "ghs_"]), self.some(ALNUM, 36))),
            1 => ("gitlab", format!("glpat-{}", self.some(ALNUM, 20))),
            2 => {
                let numbers = self.some(DIGITS, 12);
                ("slack", format!("xoxb-{numbers}-{}", self.some(ALNUM, 24)))
            }
            3 => (
                "model provider",
                format!("sk-{}{}", self.one(&["", "proj-", "ant-api03-"]), self.some(ALNUM, 48)),
            ),
            4 => ("payment provider", format!("sk_live_{}", self.some(ALNUM, 24))),
            5 => (
                "cloud key id",
                format!(
                    "{}{}",
                    self.one(&["AKIA", "ASIA"]),
                    self.some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16)
                ),
            ),
            6 => ("maps key", format!("AIza{}", self.some(ALNUM, 35))),
            7 => ("package registry", format!("npm_{}", self.some(ALNUM, 36))),
            8 => ("vault", format!("hvs.{}", self.some(ALNUM, 24))),
            _ => {
                let (header, payload) = (self.some(ALNUM, 33), self.some(ALNUM, 80));
                ("jwt", format!("eyJ{header}.eyJ{payload}.{}", self.some(&format!("{ALNUM}-_"), 43)))
            }
        };
        let lines = [
            "could not push with {}: 403 Forbidden",
            "retrying, key was {}",
            "{}",
            "curl -sS https://api.shop.example/v1/carts -u {}:",
            "env: PATH=/usr/bin KEY={} HOME=/root",
            "config loaded (key \"{}\", region eu-west-1)",
            "user pasted: please use {}, thanks",
            "File \"/srv/app/client.py\", line 42, in call\n    client = Client('{}')",
        ];
        let text = self.one(&lines).replace("{}", &secret);
        (kind, secret, text)
    }

    fn assigned(&mut self, kind: usize) -> (&'static str, String, String) {
        let password = self.password();
        match kind {
            10 => {
                let lines = [
                    "connecting to postgres://shop:{}@db-1.internal:5432/shop?sslmode=require",
                    "amqp://worker:{}@mq/ is not reachable",
                    "redis://:{}@cache:6379/0",
                    "clone https://deploy:{}@git.shop.example/team/app.git",
                ];
                (
                    "url",
                    password.clone(),
                    self.one(&lines).replace("{}", &password.replace('#', "%23")).replace("%23", "#"),
                )
            }
            11 => {
                let lines = [
                    "Server=tcp:db.shop.example,1433;Database=shop;User ID=app;Password={};Encrypt=True",
                    "Data Source=db;Initial Catalog=shop;pwd={};uid=app",
                    "host=db user=app password={} dbname=shop",
                ];
                ("connection string", password.clone(), self.one(&lines).replace("{}", &password))
            }
            12 => {
                let key = format!("{}==", self.base64(64));
                let text = format!(
                    "DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={key};EndpointSuffix=core.windows.net"
                );
                ("storage key", key, text)
            }
            13 => {
                let token = self.some(ALNUM, 32);
                let lines = [
                    "GET /callback?code=7&access_token={}&state=x 302",
                    "https://shop.example/reset?token={}",
                    "grant_type=refresh_token&client_secret={}&scope=all",
                ];
                ("query", token.clone(), self.one(&lines).replace("{}", &token))
            }
            14 => {
                let lines = [
                    r#"body: {"user":"ann","password":"{}","remember":true}"#,
                    r#"{"level":"debug","payload":"{\"api_key\":\"{}\",\"n\":1}"}"#,
                    r#"{"auth": {"clientSecret" : "{}"}}"#,
                    "kwargs={'user': 'ann', 'password': '{}'}",
                    "Login { user: \"ann\", password: Some(\"{}\") }",
                    "body {\"password\":\n  \"{}\"}",
                ];
                ("json in a string", password.clone(), self.one(&lines).replace("{}", &password))
            }
            _ => {
                let secret = self.base64(24);
                let lines = [
                    "> Authorization: Basic {}",
                    "headers: Authorization: Bearer {}",
                    "Cookie: session={}; theme=dark",
                    "{'Authorization': 'Bearer {}'}",
                    "X-Api-Key: {}",
                ];
                ("header", secret.clone(), self.one(&lines).replace("{}", &secret))
            }
        }
    }

    fn other(&mut self, kind: usize) -> (&'static str, String, String) {
        match kind {
            16 => {
                let body = self.base64(96);
                let label =
                    self.one(&["RSA PRIVATE KEY", "PRIVATE KEY", "OPENSSH PRIVATE KEY", "EC PRIVATE KEY"]);
                let text = format!("loaded -----BEGIN {label}-----\n{body}\n-----END {label}----- from disk");
                ("pem", body, text)
            }
            17 => {
                let card = self.card();
                let groups: &[usize] = if card.len() == 15 { &[4, 6, 5] } else { &[4, 4, 4, 4] };
                let mut rest = card.as_str();
                let mut parts = Vec::new();
                for length in groups {
                    let (part, behind) = rest.split_at(*length);
                    parts.push(part);
                    rest = behind;
                }
                let written = parts.join(self.one(&[" ", "-"]));
                let lines = ["charge {} declined", "number: {}", "order 17 paid by {}, exp 12/27"];
                ("card in groups", written.clone(), self.one(&lines).replace("{}", &written))
            }
            18 => {
                let card = self.card();
                let lines = ["card {} declined", "{\"cardNumber\":\"{}\"}", "pan={}", "visa/mastercard: {}"];
                ("card by a word", card.clone(), self.one(&lines).replace("{}", &card))
            }
            _ => {
                let iban = self.iban();
                let grouped: Vec<String> =
                    iban.as_bytes().chunks(4).map(|part| String::from_utf8(part.to_vec()).unwrap()).collect();
                let written = if self.below(2) == 0 { iban } else { grouped.join(" ") };
                let lines = ["refund to {} of 12.50 EUR", "iban={}", "{\"account\":\"{}\"}", "IBAN: {}."];
                ("iban", written.clone(), self.one(&lines).replace("{}", &written))
            }
        }
    }
}

pub const KINDS: usize = 20;

pub fn passes_luhn(digits: &str) -> bool {
    let values = digits.bytes().rev().map(|digit| u32::from(digit - b'0'));
    let sum: u32 =
        values.enumerate().map(|(place, d)| if place % 2 == 1 { d * 2 / 10 + d * 2 % 10 } else { d }).sum();
    sum.is_multiple_of(10)
}
