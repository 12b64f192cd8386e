//! Checks of every request: where it was sent, who sent it, and whether it has the token.
//!
//! A web page that is open in the same browser can send requests to 127.0.0.1. It cannot read the answers, unless its
//! own name was made to point here (DNS rebinding): then `Host` has that name. `Origin` and `Sec-Fetch-Site` tell which
//! page sends a form or a script's request.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

use super::refusal::Refusal;

/// The cookie of a browser that opened the page with the token.
const COOKIE: &str = "rhetor_token=";

/// What nothing may load: the policy of answers that are no pages.
const NOTHING: &str = "default-src 'none'; frame-ancestors 'none'";

/// Headers of all answers. Without a referrer, browsers would send forms with the origin `null`.
const HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Which requests are answered.
#[derive(Debug)]
pub struct Guard {
    /// The values of `Host` that are answered; `None` for all, which needs a token.
    hosts: Option<Vec<String>>,
    token: Option<String>,
}

impl Guard {
    /// The checks of a server on `address`; `token` is needed in all requests if there is one.
    pub fn new(address: SocketAddr, token: Option<String>) -> Guard {
        let (ip, port) = (address.ip(), address.port());
        let own = match ip {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let names = [own, "127.0.0.1".to_string(), "localhost".to_string(), "[::1]".to_string()];
        let with_port = names.iter().map(|name| format!("{name}:{port}"));
        let hosts = with_port.chain(names.iter().filter(|_| port == 80).cloned()).collect();
        Guard { hosts: ip.is_loopback().then_some(hosts), token }
    }

    fn check(&self, request: &Request) -> Result<(), Refusal> {
        let headers = request.headers();
        let host = text(headers, &header::HOST)
            .ok_or_else(|| Refusal::bad("found no single `Host` header, expected one"))?
            .to_ascii_lowercase();
        let forbidden = |message: &str| Refusal::new(StatusCode::FORBIDDEN, message);
        let is_here =
            |host: &str| self.hosts.as_ref().is_none_or(|hosts| hosts.iter().any(|own| own == host));
        let target = request.uri().authority().map(|authority| authority.as_str().to_ascii_lowercase());
        if !is_here(&host) || target.is_some_and(|target| target != host) {
            return Err(forbidden("the `Host` header names another server"));
        }
        if headers.contains_key(header::ORIGIN) {
            let origin = text(headers, &header::ORIGIN).unwrap_or_default().to_ascii_lowercase();
            let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            if own != Some(host.as_str()) {
                return Err(forbidden("the request comes from a page of another site"));
            }
        }
        let site = text(headers, &HeaderName::from_static("sec-fetch-site"));
        let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
        if changes && site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Err(forbidden("the request comes from a page of another site"));
        }
        Ok(())
    }

    /// Whether the request has the token, in `Authorization` or in the cookie.
    fn is_known(&self, headers: &HeaderMap) -> bool {
        let Some(token) = &self.token else { return true };
        let bearer = text(headers, &header::AUTHORIZATION).and_then(|value| value.strip_prefix("Bearer "));
        let cookies = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies = cookies.flat_map(|value| value.split(';'));
        let mut given = cookies.filter_map(|cookie| cookie.trim().strip_prefix(COOKIE)).chain(bearer);
        given.any(|given| is_same(given, token))
    }

    /// The answer to the address with the token that was printed: the token becomes a cookie.
    fn login(&self, request: &Request) -> Option<Response> {
        let token = self.token.as_deref().filter(|_| *request.method() == Method::GET)?;
        let given = request.uri().query()?.strip_prefix("token=")?;
        is_same(given, token).then(|| {
            let cookie = format!("{COOKIE}{token}; Path=/; HttpOnly; SameSite=Strict");
            (StatusCode::SEE_OTHER, [(header::LOCATION, "/".to_string()), (header::SET_COOKIE, cookie)])
                .into_response()
        })
    }
}

/// The value of a header that occurs once and is text.
fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

/// Compares digests, so that the time does not tell how much of a guess is right.
fn is_same(given: &str, token: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(token)
}

/// `app` behind these checks. A request that panics is answered with an error.
pub fn guarded(app: Router, guard: Guard) -> Router {
    app.layer(middleware::from_fn_with_state(Arc::new(guard), check))
}

async fn check(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    let mut response = match guard.check(&request) {
        Err(refusal) => refusal.into_response(),
        Ok(()) => answer(&guard, request, next).await,
    };
    let headers = response.headers_mut();
    HEADERS.into_iter().for_each(|(name, value)| drop(headers.insert(name, HeaderValue::from_static(value))));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(NOTHING));
    response
}

async fn answer(guard: &Guard, request: Request, next: Next) -> Response {
    if let Some(login) = guard.login(&request) {
        return login;
    }
    if request.uri().path() != "/healthz" && !guard.is_known(request.headers()) {
        let refusal =
            Refusal::new(StatusCode::UNAUTHORIZED, "found no valid token in `Authorization: Bearer TOKEN`");
        return ([(header::WWW_AUTHENTICATE, "Bearer")], refusal).into_response();
    }
    // A task of its own, because a panic ends only the task.
    match tokio::spawn(next.run(request)).await {
        Ok(response) => response,
        Err(_) => Refusal::panicked().into_response(),
    }
}

#[cfg(test)]
mod tests {
    use axum::body::Body;
    use axum::routing::get;
    use hyper::service::Service;
    use hyper_util::service::TowerToHyperService;

    use super::*;

    fn status(app: &Router, request: axum::http::request::Builder) -> StatusCode {
        let service = TowerToHyperService::new(app.clone());
        let request = request.body(Body::empty()).unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.block_on(async { service.call(request).await.unwrap().status() })
    }

    fn app(address: &str, token: Option<&str>) -> Router {
        async fn fail() -> StatusCode {
            panic!("this panic is part of the test")
        }
        let app = Router::new().route("/", get(|| async { StatusCode::OK })).route("/fail", get(fail));
        guarded(app, Guard::new(address.parse().unwrap(), token.map(str::to_string)))
    }

    fn to(host: &str) -> axum::http::request::Builder {
        Request::builder().uri("/").header("host", host)
    }

    #[test]
    fn a_panic_is_an_answer_and_the_server_goes_on() {
        let app = app("127.0.0.1:9", None);
        assert_eq!(status(&app, to("127.0.0.1:9").uri("/fail")), StatusCode::INTERNAL_SERVER_ERROR);
        assert_eq!(status(&app, to("127.0.0.1:9")), StatusCode::OK);
    }

    #[test]
    fn other_hosts_and_origins_are_refused() {
        let app = app("127.0.0.1:9", None);
        for (request, expected) in [
            (to("localhost:9"), StatusCode::OK),
            (to("LOCALHOST:9"), StatusCode::OK),
            (to("evil.example:9"), StatusCode::FORBIDDEN),
            (to("127.0.0.1"), StatusCode::FORBIDDEN),
            (to("127.0.0.1:9").header("origin", "http://127.0.0.1:9"), StatusCode::OK),
            (to("127.0.0.1:9").header("origin", "http://127.0.0.1:8"), StatusCode::FORBIDDEN),
            (to("127.0.0.1:9").header("origin", "null"), StatusCode::FORBIDDEN),
            (to("127.0.0.1:9").uri("http://evil.example:9/"), StatusCode::FORBIDDEN),
            (to("127.0.0.1:9").header("sec-fetch-site", "cross-site"), StatusCode::OK),
            (to("127.0.0.1:9").header("sec-fetch-site", "cross-site").method("POST"), StatusCode::FORBIDDEN),
            (to("127.0.0.1:9").header("host", "evil.example"), StatusCode::BAD_REQUEST),
        ] {
            let shown = format!("{:?}", request.headers_ref());
            assert_eq!(status(&app, request), expected, "{shown}");
        }
    }

    #[test]
    fn a_token_is_needed_in_the_header_or_the_cookie() {
        let app = app("0.0.0.0:9", Some("right"));
        for (request, expected) in [
            (to("any.example"), StatusCode::UNAUTHORIZED),
            (to("any.example").header("authorization", "Bearer wrong"), StatusCode::UNAUTHORIZED),
            (to("any.example").header("authorization", "Bearer right"), StatusCode::OK),
            (to("any.example").header("cookie", "a=b; rhetor_token=right"), StatusCode::OK),
            (to("any.example").uri("/?token=right"), StatusCode::SEE_OTHER),
            (to("any.example").uri("/?token=wrong"), StatusCode::UNAUTHORIZED),
        ] {
            let shown = format!("{:?} {:?}", request.uri_ref(), request.headers_ref());
            assert_eq!(status(&app, request), expected, "{shown}");
        }
    }
}
