/** Made from `src/runtime/package/` by `npm run gen`. */

/** An expression with the value `{ decodeBase64, defineModel }`. */
export const runtimeText = `(() => {
function B(e){return e.reduce((r,n)=>r*n,1)}function m(e){if(e==null)return String(e);if(typeof e=="string")return"a text";if(typeof e!="object")
return\`a \${typeof e}\`;let r=Object.prototype.toString.call(e).slice(8,-1);return\`\${/^[AEIOU]/.test(r)?
"an":"a"} \${r}\`}function v(e,r,n){let t=Object.keys(r),o=Object.keys(n).find(s=>!t.includes(s));if(o!==void 0)throw new TypeError(
\`\${e} has no input \\\`\${o}\\\`: it has \${t.join(", ")}\`);for(let s of t){let a=\`input \\\`\${s}\\\` of \${e}\`;
if(n[s]===void 0)throw new TypeError(\`\${a} is missing: give \${w(r[s].shape)} numbers\`);q(r[s],n[s],a)}}
function q({shape:e,data:r},n,t){let o=G(e,n,t);if(o.length!==r.length){let i=\`\${w(e)} are \${r.length}\`;
throw new RangeError(\`\${t} has \${o.length} numbers: \${i}\`)}let s=H(o);if(s!==void 0)throw new TypeError(
\`\${t} holds \${s}, which is not a number\`);r.set(o);let a=r.findIndex(i=>!Number.isFinite(i));if(a>=0)
throw new RangeError(\`\${t} has the value \${o[a]} at position \${a}\`)}function G(e,r,n){if(x(r))return r;
if(typeof r!="object"||r===null||!("data"in r))throw new TypeError(\`\${n} is \${m(r)}: give a Float32A\\
rray, or { shape, data }\`);let{data:t}=r;if(!x(t))throw new TypeError(\`data of \${n} is \${m(t)}: give\\
 a Float32Array\`);let o="shape"in r?r.shape:void 0;if(!x(o))throw new TypeError(\`\${n} has data witho\\
ut a shape\`);if(o.length!==e.length||e.some((a,i)=>a!==o[i]))throw new RangeError(\`\${n} has the shap\\
e \${w(o)}: \${w(e)} is wanted\`);return t}function x(e){return typeof e=="object"&&e!==null&&"length"in
e}function H(e){let r=ArrayBuffer.isView(e)?Math.min(1,e.length):e.length;for(let n=0;n<r;n++){let t=e[n];
if(typeof t!="number")return\`\${m(t)} at position \${n}\`}}function w(e){return\`[\${Array.from(e).join("\\
, ")}]\`}var h={id:"cnn.id",program:"cnn.program",weights:"cnn.weights"};function R(e,{pages:r,flags:n},t){if(t===void 0){let{exports:u}=new WebAssembly.Instance(e),{memory:d}=u;
if(!(d instanceof WebAssembly.Memory))throw new TypeError("the module has no memory");return{memory:d,
run:p(u,"run"),close:()=>{},exports:u}}let o=new WebAssembly.Memory({initial:r,maximum:r,shared:!0}),
{exports:s}=new WebAssembly.Instance(e,{env:{memory:o}}),[a,i]=[p(s,"run"),p(s,"barrier")],c={module:e,
memory:o,flags:n,meet:()=>i(0)};return{memory:o,run:()=>{t.gather(c),a()},close:()=>t.leave(c),exports:s}}
function p(e,r=""){let n=e[r];if(typeof n!="function")throw new TypeError(\`the module has no functio\\
n \${r}\`);return(...t)=>{Reflect.apply(n,void 0,t)}}var F="const work = ({ module, memory, thread }) => new WebAssembly.Instance(module, { env: { memory\\
 } }).exports.work(thread);";async function U(e){let r=await Promise.allSettled(Array.from({length:e},
()=>typeof Worker=="function"?Y(Worker):K())),n=r.flatMap(o=>o.status==="fulfilled"?[o.value]:[]),t=r.
find(o=>o.status==="rejected");if(t===void 0)return n;for(let o of n)o.terminate();throw t.reason}async function Y(e){
let r=\`\${F} onmessage = ({ data }) => data ? work(data) : postMessage("ready");\`,n=URL.createObjectURL(
new Blob([r],{type:"text/javascript"}));try{let t=new e(n);return await new Promise((o,s)=>{t.addEventListener(
"message",()=>o()),t.addEventListener("error",({message:a})=>{s(new Error(a??"the worker did not sta\\
rt"))}),t.postMessage(void 0)}),{post:o=>t.postMessage(o),terminate:()=>t.terminate()}}finally{URL.revokeObjectURL(
n)}}async function K(){let e=globalThis.process?.getBuiltinModule?.("node:worker_threads");if(e===void 0)
throw new Error("there are no workers here");let r=\`\${F} const { parentPort } = require("node:worker\\
_threads"); parentPort.on("message", work); parentPort.postMessage("ready");\`,n=new e.Worker(r,{eval:!0,
execArgv:[]});return await new Promise((t,o)=>{n.once("message",()=>t()),n.once("error",o)}),n.unref(),
{post:t=>n.postMessage(t),terminate:()=>{n.terminate()}}}var g=class e{threads;#e;#r;#n=!1;constructor(r){this.threads=r.length+1,this.#e=r}static async start(r){
return new e(await U(r-1))}gather(r){if(this.#n)throw new Error("the threads of this network were cl\\
osed");this.#r!==r&&(this.#t(),this.#r=r,Atomics.store(I(r),r.flags/4,Q()?2:0),this.#e.forEach((n,t)=>{
n.post({module:r.module,memory:r.memory,thread:t+1})}))}leave(r){this.#r===r&&this.#t()}close(){this.#n=
!0,this.#r=void 0;for(let r of this.#e)r.terminate()}#t(){let r=this.#r;r!==void 0&&(Atomics.or(I(r),
r.flags/4,1),r.meet(),this.#r=void 0)}};function I({memory:e}){return new Int32Array(e.buffer)}function Q(){
try{return Atomics.wait(new Int32Array(new SharedArrayBuffer(4)),0,1,0),!0}catch{return!1}}var X="--experimental-wasm-revectorize";function L(){let{process:e}=globalThis,r=e?.getBuiltinModule?.(
"node:v8");if(r===void 0)return"only Node joins vectors of WebAssembly to 256 bits";if(e.arch!=="x64")
return\`V8 has vectors of 256 bits on x86-64 alone, and this is \${e.arch}\`;try{r.setFlagsFromString(X)}catch(n){
return\`the engine takes no flags: \${n instanceof Error?n.message:String(n)}\`}}async function b(e,r){if(ArrayBuffer.isView(e))return D(new Uint8Array(e.buffer,e.byteOffset,e.byteLength),
r);if(Z(e))return D(new Uint8Array(e),r);if(typeof e=="object"&&"body"in e)return j(e,r);let n=typeof e==
"string"?e:e.href;if(typeof n!="string")throw new TypeError(\`\${r.name} is \${m(e)}: give a URL, its b\\
ytes or a Response\`);let t=globalThis.process?.getBuiltinModule?.("node:fs/promises"),o=/^(?!file:)[a-z][a-z+.-]+:/i.
test(n);if(t===void 0||o)return j(await ee(n,r),r);try{let s=await t.open(n.startsWith("file:")?new URL(
n):n);return M(r,{next:async a=>(await s.read(a)).bytesRead,close:()=>s.close()})}catch(s){throw new Error(
\`\${r.name} cannot be opened: \${P(s)}\`,{cause:s})}}function Z(e){return Object.prototype.toString.call(
e)==="[object ArrayBuffer]"}async function ee(e,{name:r}){let n;try{n=await fetch(e)}catch(o){throw new Error(
\`\${r} cannot be fetched from \${e}: \${P(o)}\`,{cause:o})}if(n.ok)return n;await n.body?.cancel();let t=\`\${n.
status} \${n.statusText}\`.trim();throw new Error(\`\${r} cannot be fetched from \${e}: the server answer\\
ed \${t}\`)}function j({body:e},r){if(e===null)throw new Error(\`\${r.name} came without content\`);let n=e.
getReader(),t=new Uint8Array;return M(r,{next:async o=>{for(;t.length===0;){let{value:a,done:i}=await n.
read();if(i)return 0;t=a}let s=t.subarray(0,o.length);return t=t.subarray(s.length),o.set(s),s.length},
close:()=>n.cancel().catch(()=>{})})}function D(e,r){let n=0;return M(r,{next:async t=>{let o=e.subarray(
n,n+t.length);return n+=o.length,t.set(o),o.length},close:async()=>{}})}function M({name:e,bytes:r},{
next:n,close:t}){let o=0;return{read:async s=>{let a=s;for(;a.length>0;){let i=await n(a).catch(c=>{
let u=\`\${o} of \${r} bytes\`;throw new Error(\`\${e} broke off after \${u}: \${P(c)}\`,{cause:c})});if(i===
0)throw new Error(\`\${e} is cut short: \${o} of \${r} bytes\`);o+=i,a=a.subarray(i)}},close:t}}function P(e){
return e instanceof Error?e.message:String(e)}async function _(e,r,n){try{let t=e.wide?L():void 0;t!==void 0&&T(n,\`\${e.name} runs slower than it c\\
ould: \${t}\`);let{wasm:o}=n;return re(o)?await oe(o,e,r,n):await ne(o??r.wasm(),e,r,n)}catch(t){let o=t instanceof
Error?t.message:String(t);throw new Error(\`\${e.name} cannot be loaded: \${o}\`,{cause:t})}}function re(e){
return Object.prototype.toString.call(e)==="[object WebAssembly.Module]"}async function ne(e,r,n,t){
let{codeBytes:o,weights:s,programs:a,id:i}=r,c=s.place==="inside",u=o+(c?s.bytes:0),d=await b(e,{name:"\\
model.wasm",bytes:u});try{let f=new Uint8Array(o);await d.read(f),te(f,a[0],i);let{program:l,code:y,
team:A}=await se(f,r,t);try{let k=await ce(y,l,A),$={program:l,instance:k,team:A};return await(c?O(d,
$,r):V($,r,n,t)),$}catch(k){throw A?.close(),k}}finally{await d.close()}}function te(e,r,n){if(e[0]!==
0||S(e.subarray(1,4))!=="asm"){let o=S(e.subarray(0,9)),s=o.startsWith("<")?"; the server answered w\\
ith a page":"";throw new Error(\`model.wasm is no WebAssembly: it begins with \${JSON.stringify(o)}\${s}\`)}
let t=r.end+3+h.id.length;W(e.subarray(t,t+16),n,"model.wasm")}function W(e,r,n){if(S(e)!==r)throw new Error(
\`\${n} is of another build than model.js: copy all files of one build\`)}function S(e){return String.fromCharCode(
...e)}async function oe(e,r,n,t){let{programs:o,weights:s,id:a,name:i}=r,[c]=o;W(new Uint8Array(C(e,
h.id)),a,"the module"),t.threads!==void 0&&t.threads>1&&T(t,\`\${i} runs on one thread: a module that \\
is given is for one\`);let u=J(e,c,void 0),d={program:c,instance:u,team:void 0};if(s.place==="beside")
await V(d,r,n,t);else{let f={name:h.weights,bytes:s.bytes},l=s.bytes>0?C(e,h.weights):new ArrayBuffer;
await O(await b(l,f),d,r)}return d}function C(e,r){let[n]=WebAssembly.Module.customSections(e,r);if(n!==
void 0)return n;throw new Error(\`the module has no section \${r}: it was stripped, or is not model.wa\\
sm\`)}async function se(e,{name:r,programs:n},t){let o=await N(e,n,1);if(o===void 0)throw new Error(de());
let s=Math.max(...n.map(({threads:d})=>d)),a=t.threads??s;if(a===1)return{...o,team:void 0};let i=d=>(T(
t,\`\${r} runs on one thread instead of \${a}: \${d}\`),{...o,team:void 0});if(a!==s)return i(s===1?"it w\\
as built for one":\`it was built for 1 or \${s}\`);if(!z())return i("this JavaScript engine has no Deco\\
mpressionStream");let u=typeof SharedArrayBuffer=="function"?await N(e,n,a):void 0;if(u===void 0)return i(
"there is no shared memory; a page gets it with the headers Cross-Origin-Opener-Policy: same-origin \\
and Cross-Origin-Embedder-Policy: require-corp");try{return{...u,team:await g.start(a)}}catch(d){let f=d instanceof
Error?d.message:String(d);return i(\`workers cannot be started: \${f}\`)}}async function N(e,r,n){for(let t of r){
if(t.threads!==n)continue;let o=e.subarray(t.start,t.end),s=t===r[0]?o:await ae(o);if(s!==void 0&&WebAssembly.
validate(s))return{program:t,code:s}}}function z(){return typeof DecompressionStream=="function"}async function ae(e){
try{let r=new Blob([e]).stream().pipeThrough(new DecompressionStream("deflate-raw"));return new Uint8Array(
await new Response(r).arrayBuffer())}catch{return}}var ie=[0,97,115,109,1,0,0,0,1,4,1,96,0,0,3,2,1,0,
10,9,1,7,0,65,0];function de(){return WebAssembly.validate(Uint8Array.of(...ie,253,15,26,11))?z()?"m\\
odel.wasm is damaged":"this JavaScript engine has neither relaxed SIMD nor DecompressionStream: buil\\
d the model with --portable":"this JavaScript engine has no WebAssembly SIMD, which Node 16.4, Chrom\\
e 91, Firefox 89 and Safari 16.4 brought"}function T(e,r){(e.warn??globalThis.console?.warn)?.(r)}async function ce(e,r,n){
let t;try{t=await WebAssembly.compile(e)}catch(o){let s=o instanceof Error?o.message:String(o);throw new Error(
\`the host refuses to compile model.wasm (\${s}); where it can import the file as a WebAssembly.Module\\
, give that: open({ wasm: module })\`,{cause:o})}return J(t,r,n)}function J(e,{pages:r,flags:n},t){try{
return R(e,{pages:r,flags:n},t)}catch(o){if(!(o instanceof RangeError))throw o;let s=\`\${Math.ceil(r/
16)} MiB\`;throw new Error(\`there is no room for \${s} of memory\`,{cause:o})}}async function O(e,{instance:{
memory:r,exports:n},program:t},{weights:{runs:o}}){let{arena:s,weights:a}=t;for(let{to:i,bytes:c,count:u,
step:d,expand:f}of o)for(let l=0;l<u;l++){let y=a+i+l*d;await e.read(new Uint8Array(r.buffer,f?s:y,c)),
f&&p(n,f)(s,y)}}async function V(e,r,n,t){let o="model.weights",s=t.weights??n.weights?.();if(s===void 0)
throw new Error(\`where is \${o}? open({ weights })\`);let a=16+r.weights.bytes,i=await b(s,{name:o,bytes:a});
try{let c=new Uint8Array(16);await i.read(c),W(c,r.id,o),await O(i,e,r)}finally{await i.close()}}function Re(e,r){class n{static labels=e.labels;static async open(o={}){return new n(await _(e,r,o))}inputs;outputs;threads;#e;constructor(o){
if(o===void 0)throw new TypeError(\`\${e.name} is made by \${e.name}.open()\`);let{instance:s,program:a}=o,
i=(c,u)=>Object.fromEntries(c.map(({name:d,shape:f},l)=>{let y=new Float32Array(s.memory.buffer,u[l],
B(f));return[d,{shape:f,data:y}]}));this.inputs=i(e.inputs,a.inputs),this.outputs=i(e.outputs,a.outputs),
this.threads=a.threads,this.#e=o}run(o){if(this.#e===void 0)throw new Error(\`\${e.name} was closed\`);
return o!==void 0&&v(e.name,this.inputs,o),this.#e.instance.run(),o===void 0?this.outputs:Object.fromEntries(
Object.entries(this.outputs).map(([s,{shape:a,data:i}])=>[s,{shape:a,data:new Float32Array(i)}]))}close(){
this.#e?.team?.close(),this.#e=void 0}}return Object.defineProperty(n,"name",{value:e.name}),n}function Fe(e){
let r=atob(e),n=new Uint8Array(r.length);for(let t=0;t<n.length;t++)n[t]=r.charCodeAt(t);return n}return{decodeBase64:Fe,defineModel:Re};
})()`;
