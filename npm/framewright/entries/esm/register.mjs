import '../register.js';
